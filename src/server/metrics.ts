import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchReport } from './queue.ts';

/** The metrics for Prometheus at `/metrics`. They contain nothing that users send. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  answered(route: string, status: number, seconds: number): void;
  batch(report: BatchReport): void;
}

/** The values that metrics read when they are requested. */
export interface Gauges {
  /** The number of waiting sentences. */
  waiting(): number;
  /** The number of models in memory. */
  loaded(): number;
}

/** The metrics of one server. Close them with `clear` of the registry: nothing is global. */
export function createMetrics({ waiting, loaded }: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    ...{ name: 'attn_requests_total', help: 'Requests answered', labelNames: ['route', 'status'], registers },
  });
  const time = new Histogram({
    ...{ name: 'attn_request_seconds', help: 'Time until an answer was sent', labelNames: ['route'], registers },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const sentences = new Counter({ name: 'attn_sentences_total', help: 'Sentences translated', registers });
  const batches = new Histogram({
    ...{ name: 'attn_batch_sentences', help: 'Sentences translated together', registers },
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  });
  const batchTime = new Histogram({
    ...{ name: 'attn_batch_seconds', help: 'Time to translate a batch', registers },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  new Gauge({
    ...{ name: 'attn_queue_sentences', help: 'Sentences waiting for a batch', registers },
    collect() {
      this.set(waiting());
    },
  });
  new Gauge({
    ...{ name: 'attn_models_loaded', help: 'Models in memory', registers },
    collect() {
      this.set(loaded());
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered(route, status, seconds) {
      requests.inc({ route, status });
      time.observe({ route }, seconds);
    },
    batch(report) {
      sentences.inc(report.sentences);
      batches.observe(report.sentences);
      batchTime.observe(report.seconds);
    },
  };
}
