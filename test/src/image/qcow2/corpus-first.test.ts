import { testCorpus } from '../../../support/qcow2/corpus-tests.ts';

testCorpus(1000, 70);
