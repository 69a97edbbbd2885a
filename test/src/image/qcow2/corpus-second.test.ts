import { testCorpus } from '../../../support/qcow2/corpus-tests.ts';

testCorpus(5000, 70);
