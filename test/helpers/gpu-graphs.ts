import type { GraphDef } from '../../src/tensor/graph-def.ts';
import type { RecordingOptions } from '../../src/tensor/recorded-nodes.ts';
import { openRuntime, type Runtime, sessionSteps } from '../../src/tensor/runtime.ts';
import { Session } from '../../src/tensor/session.ts';

/**
 * A runtime that records steps as for a GPU and runs them on the CPU: all except cuDNN's layers, whose graphs can only
 * be imported there.
 * @param imported called with every graph that the session has accepted
 */
export async function gpuGraphs(
  options: Partial<RecordingOptions> = {},
  imported: (graph: GraphDef) => void = () => {},
): Promise<Runtime> {
  const runtime = await openRuntime({ backend: 'tensorflow', device: 'cpu', threads: 2 });
  const session = new Session({ threads: 2 });
  const extend = session.extend.bind(session);
  session.extend = (graph) => {
    extend(graph);
    imported(graph);
  };
  return {
    ...runtime,
    ...sessionSteps(session, { precision: 'float32', cudnn: false, ...options, device: 'gpu' }),
    device: { ...runtime.device, kind: 'gpu' },
    kernels: 'graph',
    close: () => {
      session.close();
      runtime.close();
    },
  };
}
