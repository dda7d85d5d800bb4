// A provider of OpenID Connect on a free port, for the tests: discovery, keys and grants are oidc-provider's own. It is
// told what to do by a line of JSON, and answers with one.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

const AUDIENCE = 'https://node.test/api';
let key, answer, issuer, listening = true, count = 0;

const server = createServer((request, response) => answer(request, response));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
issuer = `http://127.0.0.1:${server.address().port}`;

async function fresh(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' } };
}

async function rotate() {
  key = await fresh(`key-${++count}`);
  const provider = new Provider(issuer, {
    jwks: { keys: [key.jwk] },
    clients: [{
      client_id: 'integration', client_secret: 'not-so-secret', grant_types: ['client_credentials'],
      redirect_uris: [], response_types: [],
    }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '', audience: AUDIENCE, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  answer = provider.callback();
}

// Claims that are null are left out.
function sign(claims, header, by) {
  const now = Math.floor(Date.now() / 1000);
  const whole = { iss: issuer, aud: AUDIENCE, iat: now, exp: now + 600, ...claims };
  const kept = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
  const head = Object.fromEntries(
    Object.entries({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }).filter(([, value]) => value !== null));
  const signer = new SignJWT(kept).setProtectedHeader(head);
  return signer.sign(by, { crit: Object.fromEntries((head.crit ?? []).map((name) => [name, true])) });
}

async function grant() {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('integration:not-so-secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return (await response.json()).access_token;
}

const commands = {
  token: async ({ claims, header }) => {
    // The library will not sign what does not hold what `crit` names.
    const extra = Object.fromEntries((header?.crit ?? []).map((name) => [name, 1]));
    return { token: await sign(claims, { ...header, ...extra }, key.privateKey) };
  },
  forge: async ({ claims }) => ({ token: await sign(claims, {}, (await fresh(key.kid)).privateKey) }),
  grant: async () => ({ token: await grant() }),
  rotate: async () => { await rotate(); return {}; },
  away: async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    return {};
  },
  back: async () => {
    await new Promise((ready) => server.listen(Number(new URL(issuer).port), '127.0.0.1', ready));
    return {};
  },
};

await rotate();
console.log = console.warn = console.info = () => {};
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
say({ issuer });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    say(await commands[command.do](command));
  } catch (error) {
    say({ error: String(error) });
  }
}
