import assert from 'node:assert/strict';
import { type Exchange, listedCommands, stepOf } from '../lab/exchange.ts';
import { defineFlow } from '../lab/flow.ts';

export const tokenOnGet = defineFlow({
  name: 'token-on-get',
  title: 'reading the command list: 21.4 sends no token and is answered; 39.0 sends it, and without one nobody is',
  async run(stage) {
    const { tap, lab } = stage;
    await stage.makeManageable();
    const wait = { interface: 'deploy', step: 'lab_wait', args: { seconds: 4 } };
    await stage.node.provision('clean', { clean_steps: [wait] });
    await stage.stepBegan('lab_wait');
    const agentUrl = `http://${tap.host}:${tap.agentPort}`;
    const status = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(`${agentUrl}${path}`, { ...init, headers: { 'x-outsider': '1' } })).status;
    const sendsToken = lab.ironic.release.name !== '21.4';
    assert.equal(await status('/v1/commands/'), sendsToken ? 401 : 200);
    assert.equal(await status('/v1/commands/?agent_token=wrong'), 401);
    const body = JSON.stringify({ name: 'standby.sync', params: {} });
    assert.equal(await status('/v1/commands/', { method: 'POST', body }), 401);
    await stage.node.reaches('manageable');

    const isOfConductor = ({ from, query }: Exchange): boolean =>
      from === 'conductor' && query['agent_token'] !== 'wrong';
    const looks = tap.exchanges.filter((each) => isOfConductor(each) && listedCommands(each).length > 0);
    assert.ok(looks.length > 0);
    for (const { query } of looks) assert.equal('agent_token' in query, sendsToken);
    const posts = tap.exchanges.filter((each) => stepOf(each) !== null);
    for (const { query } of posts) assert.ok(query['agent_token']);
  },
});
