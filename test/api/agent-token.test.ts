import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentToken, type TokenPolicy, tokenOnGetSince } from '../../api/agent-token.ts';
import { UnauthorizedError } from '../../src/errors/catalogue.ts';

const legacy: TokenPolicy = { tokenlessGet: 'legacy', ironicMinorVersion: () => tokenOnGetSince - 1 };

function tokenWith(policy: Partial<TokenPolicy> = {}, seenOnGet = false) {
  const remembered: true[] = [];
  const token = new AgentToken({ ...legacy, ...policy }, seenOnGet, () => remembered.push(true));
  token.set('secret');
  const passes = (method: string, given?: unknown): boolean => {
    try {
      if (method === 'get') token.checkOnList(given);
      else token.check(given);
      return true;
    } catch (error) {
      assert.ok(error instanceof UnauthorizedError);
      assert.equal(error.details, 'Token invalid.');
      return false;
    }
  };
  return { token, passes, remembered };
}

describe('the agent token', () => {
  it('passes where it is given exactly', () => {
    const { passes } = tokenWith();
    for (const method of ['get', 'post']) assert.equal(passes(method, 'secret'), true, method);
  });

  it('refuses every other value, of whatever type', () => {
    const { passes } = tokenWith();
    const wrong = [
      '',
      'Secret',
      'secret ',
      ' secret',
      'secre',
      'secrets',
      'secret\0',
      ['secret'],
      { 0: 'secret' },
      null,
    ];
    for (const value of [...wrong, 0, true, 'ѕecret']) {
      for (const method of ['get', 'post']) assert.equal(passes(method, value), false, JSON.stringify(value));
    }
  });

  it('refuses everything while the agent has none itself', () => {
    const token = new AgentToken(legacy, false, () => undefined);
    for (const given of [undefined, '', 'secret']) {
      assert.throws(() => token.check(given), UnauthorizedError);
      assert.throws(() => token.checkOnList(given), UnauthorizedError);
    }
    assert.equal(token.matches(''), false);
  });

  it('counts from the moment that it is set', () => {
    const { token, passes } = tokenWith();
    token.set('another');
    assert.deepEqual([passes('post', 'secret'), passes('post', 'another')], [false, true]);
  });
});

describe('a GET without a token', () => {
  it('passes while Ironic is older than the release that sends one', () => {
    for (const minor of [22, 68, tokenOnGetSince - 1]) {
      const { passes } = tokenWith({ ironicMinorVersion: () => minor });
      assert.equal(passes('get'), true, `${minor}`);
    }
  });

  it('is refused when Ironic says that it is newer', () => {
    for (const minor of [tokenOnGetSince, tokenOnGetSince + 1, 104]) {
      assert.equal(tokenWith({ ironicMinorVersion: () => minor }).passes('get'), false, `${minor}`);
    }
  });

  it('is refused while nobody knows how old Ironic is', () => {
    assert.equal(tokenWith({ ironicMinorVersion: () => null }).passes('get'), false);
  });

  it('is refused from the moment that Ironic is known to be newer', () => {
    let minor = 68;
    const { passes } = tokenWith({ ironicMinorVersion: () => minor });
    assert.equal(passes('get'), true);
    minor = tokenOnGetSince;
    assert.equal(passes('get'), false);
  });

  it('is refused for ever once a GET came with the token, and that is remembered', () => {
    const { passes, remembered } = tokenWith();
    const seen = [passes('get'), passes('get', 'secret'), passes('get'), passes('get', 'secret')];
    assert.deepEqual(seen, [true, true, false, true]);
    assert.equal(remembered.length, 1, 'told once');
  });

  it('is refused where an earlier process of this boot saw a GET with the token', () => {
    assert.equal(tokenWith({}, true).passes('get'), false);
  });

  it('still passes after a GET with a wrong token and a POST with the right one', () => {
    const { passes, remembered } = tokenWith();
    assert.deepEqual([passes('get', 'wrong'), passes('post', 'secret'), passes('get')], [false, true, true]);
    assert.deepEqual(remembered, []);
  });

  it('is refused where the option says never', () => {
    assert.equal(tokenWith({ tokenlessGet: 'never' }).passes('get'), false);
  });

  it('is no reason to let anything else pass without a token', () => {
    const { passes } = tokenWith();
    assert.equal(passes('post'), false);
    assert.equal(passes('get', ''), false, 'an empty token is a wrong one');
  });
});
