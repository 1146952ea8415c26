// Times as SNAP writes them. The bank's day is the day of Asia/Jakarta, which has no daylight saving time.
const jakartaOffsetMs = 7 * 3_600_000;
const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/;

/** yyyy-MM-ddTHH:mm:ss.SSS+07:00 */
export const jakartaTimestamp = (ms) => `${new Date(ms + jakartaOffsetMs).toISOString().slice(0, 23)}+07:00`;

/** yyyy-MM-ddTHH:mm:ss+07:00 */
export const jakartaSeconds = (ms) => `${new Date(ms + jakartaOffsetMs).toISOString().slice(0, 19)}+07:00`;

/** yyyy-MM-dd */
export const jakartaDay = (ms) => new Date(ms + jakartaOffsetMs).toISOString().slice(0, 10);

/** yyyyMMddHHmmss */
export const jakartaDigits = (ms) => new Date(ms + jakartaOffsetMs).toISOString().slice(0, 19).replace(/\D/g, '');

/** Milliseconds since 1970 of an ISO 8601 time with offset, fractions optional; NaN for everything else. */
export function parseTimestamp(text) {
  const parts = typeof text === 'string' && shape.exec(text);
  if (!parts) return NaN;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = parts.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = month >= 1 && month <= 12 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59 || offsetHour > 14 || offsetMinute > 59) return NaN;
  return Date.parse(text);
}
