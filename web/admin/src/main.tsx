import './componentStyles';
import '@k/shared/theme.css';
import './admin.css';
import './dashboard/traffic.css';
import './dashboard/dashboard.css';
import { cssVariables, theme } from '@k/shared';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AdminRoutes } from './adminRoutes';
import { makeQueryClient } from './queryPolicy';

const queryClient = makeQueryClient();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <AdminRoutes />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
