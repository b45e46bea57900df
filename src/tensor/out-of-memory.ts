/** Whether a step failed because the device's memory is full. Sources: bfc_allocator.cc, cuda_dnn.cc, cuda_blas.cc. */
export function isOutOfMemory(error: unknown): error is Error {
  return error instanceof Error && /OOM when allocating|[Oo]ut of memory|CUDA_ERROR_OUT_OF_MEMORY/.test(error.message);
}
