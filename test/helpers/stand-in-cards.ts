import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const compiler = ['/usr/bin/gcc', '/usr/bin/clang', '/usr/bin/cc'].find(existsSync);

/** Why there are no stand-ins here, or false. */
export const noStandIns =
  process.platform !== 'linux' || compiler === undefined ? 'needs Linux and a C compiler in /usr/bin' : false;

/**
 * NVIDIA's driver for machines without GPUs: only the functions that attn calls. STAND_IN_CARDS GPUs, `Card 0` and so
 * on, each of 80 GiB and STAND_IN_CAPABILITY (9.0), for CUDA up to STAND_IN_CUDA (12040); STAND_IN_INIT is cuInit's
 * return value.
 */
const driver = `
#include <stdio.h>
#include <stdlib.h>
static int number(const char* name, int usual) { const char* text = getenv(name); return text ? atoi(text) : usual; }
static int first = 0, count = 0;
int cuInit(unsigned flags) {
  const char* visible = getenv("CUDA_VISIBLE_DEVICES");
  count = number("STAND_IN_CARDS", 1);
  if (visible) { first = *visible ? atoi(visible) : -1; count = first >= 0 && first < count ? 1 : 0; }
  int code = number("STAND_IN_INIT", 0);
  return code ? code : count ? 0 : 100;
}
int cuDriverGetVersion(int* version) { *version = number("STAND_IN_CUDA", 12040); return 0; }
int cuDeviceGetCount(int* cards) { *cards = count; return 0; }
int cuDeviceGet(int* device, int index) { *device = first + index; return 0; }
int cuDeviceGetName(char* name, int size, int device) { snprintf(name, size, "Card %d", device); return 0; }
int cuDeviceTotalMem_v2(size_t* bytes, int device) { *bytes = (size_t)80 << 30; return 0; }
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  int capability = number("STAND_IN_CAPABILITY", 90);
  *value = attribute == 75 ? capability / 10 : capability % 10;
  return 0;
}`;

const management = `
#include <string.h>
int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char* version, unsigned size) { strncpy(version, "550.54.15", size); return 0; }`;

/** CUDA's libraries by name: only the functions with which doctor reads their versions. */
const cuda: Readonly<Record<string, string>> = {
  'libcudart.so.12': 'int cudaRuntimeGetVersion(int* version) { *version = 12090; return 0; }',
  'libcublasLt.so.12': '#include <stddef.h>\nsize_t cublasLtGetVersion(void) { return 120903; }',
  ...{ 'libcublas.so.12': '', 'libcufft.so.11': '', 'libcusparse.so.12': '', 'libcusolver.so.11': '' },
  'libcudnn.so.9': '#include <stddef.h>\nsize_t cudnnGetVersion(void) { return 92800; }',
};

/** A folder for LD_LIBRARY_PATH with stand-ins for NVIDIA's driver and CUDA's libraries, some left out. */
export function standInCards({ without = [] as readonly string[] } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'attn-cards-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const all = { 'libcuda.so.1': driver, 'libnvidia-ml.so.1': management, ...cuda };
  for (const [name, code] of Object.entries(all)) {
    if (without.includes(name)) continue;
    const flags = ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-x', 'c', '-', '-o', join(folder, name)];
    const { status, stderr } = spawnSync(compiler ?? '', flags, { input: code, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
  return folder;
}
