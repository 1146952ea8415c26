import { loadUser, onSessionChange, type User } from '@k/shared';
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';

export const userKey = ['user'] as const;

/** Whether the server asked to confirm the session on this device. */
export const stepUpKey = ['stepUp'] as const;

export function useStepUp(): boolean {
  return useQuery({ queryKey: stepUpKey, queryFn: () => false, initialData: false, staleTime: Infinity, gcTime: Infinity }).data;
}

/** Who is signed in; null where nobody is. Follows what other tabs do. */
export function useUser(): UseQueryResult<User | null> {
  const client = useQueryClient();
  useEffect(() => onSessionChange(() => void client.invalidateQueries({ queryKey: userKey })), [client]);
  return useQuery({ queryKey: userKey, queryFn: ({ signal }) => loadUser(signal), staleTime: 60_000 });
}
