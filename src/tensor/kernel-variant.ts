/** What attn's own kernels are compiled for, the best first: `tensor/kernels/variants.json`. */
export const kernelVariants = ['amx', 'avx512bf16', 'avx512', 'avx2'] as const;
export type KernelVariant = (typeof kernelVariants)[number];

/** The operations of attn's own that a graph may use. */
export interface Kernels {
  readonly variant: KernelVariant;
  /** How many threads each may use. */
  readonly threads: number;
}
