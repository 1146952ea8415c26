import { createBrowserRouter, Navigate, RouterProvider } from 'react-router';
import { DashboardPage } from './dashboard/dashboardPage';
import { AdminLayout } from './layout/adminLayout';
import { NotFoundPage } from './layout/notFoundPage';
import { RouteErrorPage } from './layout/routeErrorPage';
import { RequireSession } from './session/requireSession';
import { SignInPage } from './session/signInPage';

const router = createBrowserRouter(
  [
    {
      errorElement: <RouteErrorPage />,
      children: [
        { path: '/sign-in', element: <SignInPage /> },
        {
          element: (
            <RequireSession permission="monitoring:read">
              <AdminLayout />
            </RequireSession>
          ),
          children: [
            { path: '/', element: <DashboardPage /> },
            { path: '/dashboard', element: <Navigate to="/" replace /> },
            { path: '*', element: <NotFoundPage /> },
          ],
        },
      ],
    },
  ],
  { basename: '/admin' },
);

export function AdminRoutes() {
  return <RouterProvider router={router} />;
}
