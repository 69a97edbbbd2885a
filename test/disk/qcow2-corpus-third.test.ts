import { openLoopDevice } from '../support/qcow2/corpus-loop-device.ts';
import { testCorpus } from '../support/qcow2/corpus-tests.ts';

testCorpus(9000, 70, openLoopDevice);
