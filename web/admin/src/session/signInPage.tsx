import type { User } from '@k/shared';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { PasswordChangeForm } from './passwordChangeForm';
import { readReturnPath } from './returnPath';
import { userKey, useUser } from './sessionQuery';
import { SignInForm, type Credentials } from './signInForm';
import { SignInFrame } from './signInFrame';

export function SignInPage() {
  const location = useLocation();
  const client = useQueryClient();
  const user = useUser();
  const [mustChange, setMustChange] = useState<Credentials | null>(null);
  const onSignedIn = (signedIn: User) => client.setQueryData(userKey, signedIn);

  if (user.data) return <Navigate to={readReturnPath(location.search)} replace />;
  if (mustChange !== null) {
    return (
      <SignInFrame
        title="Choose a new password"
        lead="Your password was set by someone else or has been reset. Choose one that only you know; then you are signed in."
      >
        <PasswordChangeForm credentials={mustChange} onSignedIn={onSignedIn} onCancel={() => setMustChange(null)} />
      </SignInFrame>
    );
  }
  return (
    <SignInFrame title="Sign in" lead="Administration of this k-services installation.">
      <SignInForm onSignedIn={onSignedIn} onMustChangePassword={setMustChange} />
    </SignInFrame>
  );
}
