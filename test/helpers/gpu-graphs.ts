import type { RecordingOptions } from '../../src/tensor/recorded-nodes.ts';
import { openRuntime, type Runtime, sessionSteps } from '../../src/tensor/runtime.ts';
import { Session } from '../../src/tensor/session.ts';

/**
 * A runtime that records steps as for a GPU and runs them on the CPU: all except cuDNN's layers, whose graphs can only
 * be imported there.
 */
export async function gpuGraphs(options: Partial<RecordingOptions> = {}): Promise<Runtime> {
  const runtime = await openRuntime({ backend: 'tensorflow', device: 'cpu', threads: 2 });
  const session = new Session({ threads: 2 });
  return {
    ...runtime,
    ...sessionSteps(session, { precision: 'float32', cudnn: false, ...options, device: 'gpu' }),
    device: { ...runtime.device, kind: 'gpu' },
    close: () => {
      session.close();
      runtime.close();
    },
  };
}
