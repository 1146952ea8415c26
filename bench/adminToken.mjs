// adminToken.mjs ORIGIN EMAIL ONE_TIME_PASSWORD: prints the tokens of the first administrator, whose password is changed
// and second factor set up for it: access_token and refresh_token of a JSON object.
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
const { access_token, refresh_token } = login;
console.log(JSON.stringify({ access_token, refresh_token }));
client.close();
