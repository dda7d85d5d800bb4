// Runs the public audit suite of GraphQL over HTTP against an address with a token: a line of JSON for each audit.
import { serverAudits } from 'graphql-http';

const [url, token] = process.argv.slice(2);

// The suite knows nothing of signing in: every request of its own is given the token.
const fetchFn = (input, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(input, { ...init, headers });
};

for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
