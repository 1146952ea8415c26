import createClient from 'openapi-fetch';
import { toApiError, toNetworkError } from './apiError';
import type { paths as AdminPaths } from './generated/adminApi';
import type { paths as PublicPaths } from './generated/publicApi';
import { sessionFetch } from './sessionFetch';

// An absolute base, because `new Request` takes no relative address outside a browser (unit tests).
const baseUrl = typeof location === 'undefined' ? 'http://localhost' : location.origin;

export const publicApi = createClient<PublicPaths>({ baseUrl, fetch: sessionFetch });
export const adminApi = createClient<AdminPaths>({ baseUrl, fetch: sessionFetch });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of a 2xx answer; everything else is thrown as ApiError. */
export async function unwrap<Data>(pending: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await pending;
  } catch (cause) {
    throw toNetworkError(cause);
  }
  if (!answer.response.ok) throw toApiError(answer.response, answer.error);
  return answer.data as Data;
}
