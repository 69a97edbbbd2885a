import { testCorpus } from '../../../support/qcow2/corpus-tests.ts';

testCorpus(20_000, 25);
