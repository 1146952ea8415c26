import { signOut } from '@k/shared';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { userKey } from './sessionQuery';

/** Ends the session on the server and forgets everything that was loaded with it. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.setQueryData(userKey, null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== userKey[0] });
    },
  });
}
