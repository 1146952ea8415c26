/** One field's fault in a VALIDATION_FAILED answer. */
export interface FieldFault {
  field: string;
  code: string;
  message: string;
}

export interface ApiErrorFields {
  code: string;
  message: string;
  status: number;
  requestId?: string | undefined;
  field?: string | undefined;
  retryAfterS?: number | undefined;
  details?: FieldFault[] | undefined;
}

/** Any request that did not give a 2xx answer. `status` is 0 where no answer came at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly details: FieldFault[];

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.name = 'ApiError';
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.field = fields.field;
    this.retryAfterS = fields.retryAfterS;
    this.details = fields.details ?? [];
  }
}

/** Past the limit of sign-ins the gateway answers 302 to this path instead of 429. */
const honeypotPath = '/honeypot';
/** The gateway counts in a sliding window of this many seconds. */
export const rateLimitWindowS = 60;

function isHoneypotRedirect(response: Response): boolean {
  if (response.type === 'opaqueredirect') return true;
  return response.redirected && new URL(response.url).pathname.startsWith(honeypotPath);
}

function readRetryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readDetails(value: unknown): FieldFault[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((fault) => ({
    field: String(fault.field ?? ''),
    code: String(fault.code ?? ''),
    message: String(fault.message ?? ''),
  }));
}

/** Makes an error from an answer that is not 2xx and from its body, whatever that body is. */
export function toApiError(response: Response, body: unknown): ApiError {
  const requestId = response.headers.get('X-Request-ID') ?? undefined;
  if (isHoneypotRedirect(response)) {
    return new ApiError({
      code: 'RATE_LIMITED',
      message: 'Too many attempts from this address.',
      status: 429,
      requestId,
      retryAfterS: readRetryAfter(response) ?? rateLimitWindowS,
    });
  }
  const error = isRecord(body) && isRecord(body.error) ? body.error : undefined;
  if (!isRecord(body) || error === undefined) {
    return new ApiError({
      code: 'UNEXPECTED_ANSWER',
      message: `The server gave an answer that this page does not understand (HTTP ${response.status}).`,
      status: response.status,
      requestId,
      retryAfterS: readRetryAfter(response),
    });
  }
  return new ApiError({
    code: readText(error.code) ?? 'UNKNOWN',
    message: readText(error.message) ?? `The server answered with HTTP ${response.status}.`,
    status: response.status,
    requestId: readText(body.request_id) ?? requestId,
    field: readText(error.field),
    retryAfterS:
      typeof error.retry_after === 'number' ? Math.ceil(error.retry_after) : readRetryAfter(response),
    details: readDetails(error.details),
  });
}

/** Makes an error from what `fetch` threw: no connection, time over, or a body that broke off. */
export function toNetworkError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new ApiError({ code: 'TIMEOUT', message: 'The server did not answer in time.', status: 0 });
  }
  if (cause instanceof SyntaxError) {
    return new ApiError({ code: 'UNEXPECTED_ANSWER', message: 'The server’s answer was cut off or is no JSON.', status: 0 });
  }
  return new ApiError({
    code: 'UNREACHABLE',
    message: 'The server cannot be reached. Check the connection; it may also be restarting.',
    status: 0,
  });
}
