import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import {
  eraseLimitSeconds,
  type SecurityVerb,
  securityArgs,
  sendSecurity,
} from '../../../src/tools/hdparm-security.ts';
import { capturedOutput } from '../../support/captured-output.ts';
import { capturedAnswer } from '../../support/simulated-ata-text.ts';

const path = '/dev/sda';
const verbs: readonly SecurityVerb[] = ['set-pass', 'unlock', 'disable', 'erase', 'erase-enhanced'];

for (const verb of verbs) {
  suite(`security-${verb}`, () => {
    test('is given as it was when its output was captured', () => {
      assert.deepEqual(
        securityArgs(verb, 'ironhand', path),
        capturedOutput('hdparm', `emulated-security-${verb}`).args,
      );
    });

    for (const [name, aborted, exitCode] of [
      [`security-${verb}`, false, 0],
      [`security-${verb}-refused`, true, 5],
      [`security-${verb}-aborted`, true, 0],
    ] as const) {
      test(`${name} with exit code ${exitCode} counts as ${aborted ? 'aborted' : 'taken'}`, async () => {
        const calls: ToolCall[] = [];
        const answer = await sendSecurity(
          async (call) => {
            calls.push(call);
            return capturedAnswer(name, { path });
          },
          verb,
          'ironhand',
          path,
          { timeoutSeconds: 7 },
        );
        assert.deepEqual([answer.aborted, answer.exitCode], [aborted, exitCode]);
        assert.deepEqual([calls[0]?.effect, calls[0]?.timeoutSeconds], [{ kind: 'device', device: path }, 7]);
      });
    }
  });
}

test('the disk of QEMU, which has no security at all, aborts them with exit code 0', async () => {
  const { text } = capturedOutput('hdparm', 'security-set-pass');
  const stderr = 'SG_IO: bad/missing sense data, sb[]:  70 00 0b 00\n';
  const answer = await sendSecurity(async () => ({ stdout: text, stderr, exitCode: 0 }), 'set-pass', 'NULL', path);
  assert.equal(answer.aborted, true);
});

test('the time limit is never below the one that hdparm gives the kernel', () => {
  // Seen with hdparm 9.65 on a drive of 976773168 sectors with 60 minutes: 17698 s.
  assert.ok(eraseLimitSeconds(60, 976_773_168 * 512) >= 17_698);
  // By its source: twice the value of the word, and 60 minutes; 508 + 90 and 65532 + 90 where it only says "more than".
  assert.ok(eraseLimitSeconds(508, 1) >= (508 + 90) * 60);
  assert.ok(eraseLimitSeconds(65_532, 1) >= (65_532 + 90) * 60);
  assert.ok(eraseLimitSeconds(null, 0) >= 1800);
});
