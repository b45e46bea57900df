/** The variants of the custom kernels, best first: `tensor/kernels/variants.json`. */
export const kernelVariants = ['amx', 'avx512bf16', 'avx512', 'avx2'] as const;
export type KernelVariant = (typeof kernelVariants)[number];

/** The custom operations that a graph may use. */
export interface Kernels {
  readonly variant: KernelVariant;
  /** The maximum number of threads for each. */
  readonly threads: number;
  /** The same for an operation that runs alone. */
  readonly allThreads: number;
}
