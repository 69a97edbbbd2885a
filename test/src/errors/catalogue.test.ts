import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { errorCatalogue } from '../../../src/errors/catalogue.ts';

describe('the catalogue of errors', () => {
  for (const [type, ErrorClass] of errorCatalogue) {
    it(`${type} is an error with a status, a text and what happened`, () => {
      const cause = new Error('below');
      const error = new ErrorClass('to what', { cause });
      assert.ok(error instanceof AgentError && error instanceof Error);
      assert.deepEqual([error.name, ErrorClass.name, error.kind.type], [type, type, type]);
      assert.equal(error.kind, ErrorClass.kind);
      assert.ok(Object.isFrozen(ErrorClass.kind));
      assert.equal(error.cause, cause);
      assert.equal(error.message, `${error.kind.message}: to what`);
      assert.match(error.stack ?? '', /catalogue\.test\.ts/);
      assert.deepEqual(error.toWire(), {
        type,
        code: error.kind.code,
        message: error.kind.message,
        details: 'to what',
      });
    });

    it(`${type} says nothing that Ironic could not take`, () => {
      const { code, message, retry } = ErrorClass.kind;
      assert.match(type, /^[A-Z]\w+$/);
      assert.ok([400, 401, 404, 409, 500, 503, 504].includes(code), `${code}`);
      assert.match(message, /^[A-Z0-9][^\n]*[^.\n]$/);
      assert.ok(['never', 'safe'].includes(retry));
    });
  }

  it('lets a caller repeat only what was not done', () => {
    const safe = [...errorCatalogue.values()].filter(({ kind }) => kind.retry === 'safe').map(({ kind }) => kind.type);
    assert.deepEqual(safe, [
      'AgentIsBusy',
      'QueryTimeoutError',
      'NoTurnError',
      'QueueUnavailableError',
      'IronicAPIError',
      'HeartbeatError',
      'InspectionError',
    ]);
  });

  it('keeps the names that the conductor knows', () => {
    const known = [
      'InvalidContentError',
      'InvalidCommandError',
      'InvalidCommandParamsError',
      'RequestedObjectNotFoundError',
      'AgentIsBusy',
      'CommandExecutionError',
      'VersionMismatch',
      'CleaningError',
      'DeploymentError',
      'ServicingError',
      'HardwareManagerMethodNotFound',
      'IncompatibleHardwareMethodError',
      'DeviceNotFound',
      'BlockDeviceEraseError',
      'ImageDownloadError',
      'ImageChecksumError',
      'ImageWriteError',
      'SystemRebootError',
    ];
    assert.deepEqual(
      known.filter((type) => !errorCatalogue.has(type)),
      [],
    );
  });
});
