import { afterEach, expect, it, vi } from 'vitest';
import { ApiError, json, optional, setAuthorization, setUnauthorizedHandler, urlOf } from './http';

const answer = (status: number, body: string) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(status === 204 ? null : body, { status })),
  );

afterEach(() => {
  vi.unstubAllGlobals();
  setAuthorization(null);
});

it('leaves empty parameters out and escapes the rest', () => {
  const url = new URL(
    urlOf('/engine-rest/task', { a: undefined, b: null, c: '', d: 0, e: false, f: '10:00+0100' }),
  );
  expect(url.search).toBe('?d=0&e=false&f=10%3A00%2B0100');
});

it('reports the words of the engine', async () => {
  answer(400, '{"type":"InvalidRequestException","message":"no such thing","code":null}');
  await expect(json('x')).rejects.toMatchObject({ status: 400, message: 'no such thing' });
});

it('does not show a page of HTML as a message', async () => {
  answer(502, '<html>Bad gateway</html>');
  await expect(json('x')).rejects.toThrow('HTTP 502');
});

it('takes a page where JSON was expected as a path the server does not know', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })),
  );
  expect(await optional('page', () => json('x'))).toBeNull();
});

it('takes an answer without a body as nothing', async () => {
  answer(204, '');
  expect(await json('x')).toBeUndefined();
});

it('sends credentials and notices when they no longer count', async () => {
  const lost = vi.fn();
  setUnauthorizedHandler(lost);
  setAuthorization('Basic abc');
  answer(401, '');
  await expect(json('x')).rejects.toBeInstanceOf(ApiError);
  expect(lost).toHaveBeenCalledOnce();
  const [, init] = vi.mocked(fetch).mock.calls[0]!;
  expect(init).toMatchObject({ credentials: 'omit', headers: { Authorization: 'Basic abc' } });
});

it('asks for an endpoint the server does not have only once', async () => {
  answer(404, '{"type":"NotFoundException","message":"HTTP 404 Not Found","code":null}');
  expect(await optional('some', () => json('x'))).toBeNull();
  expect(await optional('some', () => json('x'))).toBeNull();
  expect(fetch).toHaveBeenCalledOnce();
});

it('asks again when only the id was unknown', async () => {
  answer(
    404,
    '{"type":"InvalidRequestException","message":"Process instance with id x does not exist","code":null}',
  );
  expect(await optional('other', () => json('x'))).toBeNull();
  expect(await optional('other', () => json('x'))).toBeNull();
  expect(fetch).toHaveBeenCalledTimes(2);
});
