import type { FactorDemand, SignInOutcome, User } from '@k/shared';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { PasswordChangeForm } from './passwordChangeForm';
import { readReturnPath } from './returnPath';
import { SecondFactorForm } from './secondFactorForm';
import { userKey, useUser } from './sessionQuery';
import { SignInForm, type Credentials } from './signInForm';
import { SignInFrame } from './signInFrame';

export function SignInPage() {
  const location = useLocation();
  const client = useQueryClient();
  const user = useUser();
  const [mustChange, setMustChange] = useState<Credentials | null>(null);
  const [demand, setDemand] = useState<FactorDemand | null>(null);
  const onSignedIn = (signedIn: User) => client.setQueryData(userKey, signedIn);
  const onOutcome = (outcome: SignInOutcome) => {
    if (outcome.user !== undefined) onSignedIn(outcome.user);
    else setDemand(outcome.demand);
  };
  const beginAgain = () => {
    setDemand(null);
    setMustChange(null);
  };

  if (user.data) return <Navigate to={readReturnPath(location.search)} replace />;
  if (demand !== null) {
    return (
      <SignInFrame title="Enter your code" lead="The password was right. Now show your second factor.">
        <SecondFactorForm demand={demand} onSignedIn={onSignedIn} onCancel={beginAgain} />
      </SignInFrame>
    );
  }
  if (mustChange !== null) {
    return (
      <SignInFrame
        title="Choose a new password"
        lead="Your password was set by someone else or has been reset. Choose one that only you know; then you are signed in."
      >
        <PasswordChangeForm credentials={mustChange} onOutcome={onOutcome} onCancel={beginAgain} />
      </SignInFrame>
    );
  }
  return (
    <SignInFrame title="Sign in" lead="Administration of this k-services installation.">
      <SignInForm onOutcome={onOutcome} onMustChangePassword={setMustChange} />
    </SignInFrame>
  );
}
