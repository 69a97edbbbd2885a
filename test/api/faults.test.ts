import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf } from '../../api/faults.ts';
import { errorCatalogue } from '../../src/errors/catalogue.ts';

describe('faultOf', () => {
  it('gives every error of the catalogue its code, and a text that begins with the code or the message of its class', () => {
    for (const errorClass of errorCatalogue.values()) {
      const { status, fault } = faultOf(new errorClass('what happened'));
      assert.equal(status, errorClass.kind.code);
      assert.equal(fault.faultcode, status >= 500 ? 'Server' : 'Client');
      const beginning = { 400: '400 Bad Request', 401: '401 Unauthorized' }[status];
      const texts = [`${errorClass.kind.message}: what happened`, `${beginning}: what happened`];
      assert.ok(texts.includes(fault.faultstring), fault.faultstring);
    }
  });

  it('words the errors of the contract as conductors know them', () => {
    const text = (type: string, details: string) => {
      const errorClass = errorCatalogue.get(type);
      assert.ok(errorClass, type);
      return faultOf(new errorClass(details)).fault.faultstring;
    };
    assert.equal(text('AgentIsBusy', 'executing command sync'), 'Agent is busy: executing command sync');
    assert.equal(text('InvalidContentError', 'no name'), '400 Bad Request: no name');
    assert.equal(text('InvalidCommandError', 'Unknown command: x'), 'Invalid command: Unknown command: x');
    assert.equal(text('InvalidCommandParamsError', 'x'), 'Invalid command parameters: x');
    assert.equal(text('RequestedObjectNotFoundError', 'x'), 'Not found: x');
    assert.equal(text('UnauthorizedError', 'Token invalid.'), '401 Unauthorized: Token invalid.');
  });

  it('tells a status of the HTTP layer with its reason', () => {
    const tooLarge = Object.assign(new Error('too much'), { output: { statusCode: 413 } });
    assert.deepEqual(faultOf(tooLarge), {
      status: 413,
      fault: { faultcode: 'Client', faultstring: '413 Payload Too Large: too much' },
    });
  });

  it('makes a text of anything that was thrown', () => {
    for (const [thrown, faultstring] of [
      [new TypeError('x is not a function'), 'x is not a function'],
      ['text', 'text'],
      [null, 'null'],
      [undefined, 'undefined'],
      [{ output: {} }, '[object Object]'],
    ]) {
      assert.deepEqual(faultOf(thrown), { status: 500, fault: { faultcode: 'Server', faultstring } });
    }
  });
});
