// An OpenID Connect issuer for tests: discovery, keys, a page to consent on, and tokens for codes whose verifier fits the
// challenge (PKCE, RFC 7636). As it is asked to, it signs with a key that is not its own.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';

export const CLIENT = 'reading-room';
export const SECRET = 'what only the two know';

const b64 = (value) => Buffer.from(value).toString('base64url');
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Resolves to its address, what went wrong at it, and a way to close it. */
export const issuer = () => new Promise((resolve) => {
  const own = pair();
  const other = pair();
  const codes = new Map();
  const house = { exchanged: 0, refused: [] };
  const token = ({ subject, nonce, forged }) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: house.address, sub: subject, aud: CLIENT, iat: now, exp: now + 300, nonce };
    const signed = `${b64(JSON.stringify({ alg: 'ES256', kid: 'own', typ: 'JWT' }))}.${b64(JSON.stringify(claims))}`;
    const key = forged ? other.privateKey : own.privateKey;
    return `${signed}.${b64(sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }))}`;
  };
  /** What is wrong with a request for a token; nothing, if it may have one. */
  const wrong = (request, form, asked) => {
    const basic = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    if (basic !== `${CLIENT}:${encodeURIComponent(SECRET)}`) return 'not the client';
    if (!asked) return 'no such code';
    if (form.get('redirect_uri') !== asked.back) return 'another address';
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    return challenge === asked.challenge ? '' : 'the verifier does not fit the challenge';
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, house.address);
    const json = (value, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      json({ issuer: house.address, authorization_endpoint: `${house.address}/authorize`, token_endpoint: `${house.address}/token`, jwks_uri: `${house.address}/keys` });
    } else if (url.pathname === '/keys') {
      json({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'ES256' }] });
    } else if (url.pathname === '/authorize') {
      const asked = url.searchParams;
      if (asked.get('client_id') !== CLIENT || asked.get('code_challenge_method') !== 'S256') {
        house.refused.push('a question that is not as registered');
        response.writeHead(400).end();
        return;
      }
      const way = (name, subject, forged) => {
        const code = randomBytes(16).toString('hex');
        codes.set(code, { subject, forged, nonce: asked.get('nonce'), challenge: asked.get('code_challenge'), back: asked.get('redirect_uri') });
        const back = new URL(asked.get('redirect_uri'));
        back.search = new URLSearchParams({ state: asked.get('state'), code, iss: house.address });
        return `<p><a href="${back.href.replaceAll('&', '&amp;')}">${name}</a></p>`;
      };
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><title>The issuer</title><link rel="icon" href="data:,"><h1>Who are you?</h1>${way('Go on as Pell', 'subject-of-pell', false)}${way('Go on as a stranger', 'subject-of-a-stranger', false)}${way('Go on as Pell, forged', 'subject-of-pell', true)}</html>`);
    } else if (url.pathname === '/token') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const form = new URLSearchParams(body);
      const asked = codes.get(form.get('code'));
      codes.delete(form.get('code'));
      const why = wrong(request, form, asked);
      if (why) {
        house.refused.push(why);
        json({ error: 'invalid_grant' }, 400);
      } else {
        house.exchanged += 1;
        json({ access_token: 'x', token_type: 'Bearer', id_token: token(asked) });
      }
    } else {
      response.writeHead(404).end();
    }
  });
  // Another site than the house's: what cookies do between sites is tried, too.
  server.listen(0, '127.0.0.1', () => {
    house.address = `http://127.0.0.1:${server.address().port}`;
    house.close = () => new Promise((done) => { server.close(done); server.closeAllConnections(); });
    resolve(house);
  });
});
