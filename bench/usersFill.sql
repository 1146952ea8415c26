-- psql -v n=ROWS: so many accounts, made up, in an installation that holds few others. The search indexes are made afterwards, as a
-- bulk load does it.
DROP INDEX users_search, users_by_email, users_by_status, users_by_last_login;

INSERT INTO users (id, email, email_verified_at, username, display_name, status, created_at, updated_at, last_login_at)
SELECT ('01900000-' || lpad(to_hex(n / 65536), 4, '0') || '-7' || lpad(to_hex((n / 16) % 4096), 3, '0') || '-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
       lower(f) || '.' || lower(l) || n || '@' || (ARRAY['gmail.com', 'yahoo.com', 'example.org', 'outlook.com', 'telkom.co.id'])[1 + n % 5],
       now(), CASE WHEN n % 3 = 0 THEN lower(f) || n END, f || ' ' || l,
       CASE WHEN (n * 7919::bigint) % 10 < 8 THEN 'active' WHEN (n * 7919::bigint) % 10 = 8 THEN 'pending' ELSE 'suspended' END,
       date_trunc('milliseconds', now() - n * interval '40 seconds'), now(),
       CASE WHEN n % 4 > 0 THEN date_trunc('milliseconds', now() - ((n * 7919::bigint) % 9000000) * interval '1 second') END
FROM (SELECT n, (ARRAY['Budi', 'Siti', 'Agus', 'Dewi', 'Andi', 'Rina', 'Joko', 'Ann', 'Bob', 'Wati', 'Eko', 'Ayu', 'Dian', 'Putri', 'Rizky', 'Fajar'])[1 + (n * 31) % 16] AS f,
             initcap(substr(translate(md5((n % 7919)::text), '0123456789', 'ghijklmnop'), 1, 6)) AS l
      FROM generate_series(1, :n) n) made;
INSERT INTO user_roles (user_id, role_id, granted_at)
  SELECT u.id, r.id, now() FROM users u, roles r WHERE r.name = 'user' AND u.email LIKE '%.%@%' ON CONFLICT DO NOTHING;
INSERT INTO user_roles (user_id, role_id, granted_at)
  SELECT u.id, r.id, now() FROM users u, roles r WHERE r.name = 'support' AND u.email LIKE 'ann.%77@%' ON CONFLICT DO NOTHING;

SET maintenance_work_mem = '256MB';
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops);
CREATE INDEX users_by_email ON users (search_text, id);
CREATE INDEX users_by_status ON users (status, created_at DESC, id DESC);
CREATE INDEX users_by_last_login ON users ((coalesce(last_login_at, 'epoch'::timestamptz)), id);
VACUUM ANALYZE;
