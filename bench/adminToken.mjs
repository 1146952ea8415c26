// adminToken.mjs ORIGIN EMAIL ONE_TIME_PASSWORD: prints an access token of the first administrator, whose password is
// changed and second factor set up for it.
import { enrol } from '../test/integration/authenticator.mjs';
import { Client } from '../test/integration/client.mjs';

const [origin, email, password] = process.argv.slice(2);
const renewed = 'a password of the benchmark';
const client = new Client(origin);
const post = async (target, body) => {
  const answer = await client.post(target, body);
  if (answer.status !== 200) throw new Error(`${target}: ${answer.text}`);
  return answer.json;
};
await post('/api/auth/password/change', { identifier: email, current_password: password, new_password: renewed });
const { access_token: token } = await post('/api/auth/login', { identifier: email, password: renewed });
const { login } = await enrol(client.withToken(token));
console.log(login.access_token);
client.close();
