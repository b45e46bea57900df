// The part of TensorFlow's C API that kernels need (tensorflow/c/ops.h, kernels.h, tf_tensor.h, tf_status.h): plain C functions
// that have kept their form for years, so no headers have to be installed.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <exception>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

extern "C" {
struct TF_Status;
struct TF_Tensor;
struct TF_OpDefinitionBuilder;
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
struct TF_ShapeInferenceContext;
struct TF_ShapeHandle;
TF_Status* TF_NewStatus();
void TF_DeleteStatus(TF_Status*);
int TF_GetCode(const TF_Status*);
const char* TF_Message(const TF_Status*);
void TF_SetStatus(TF_Status*, int code, const char* message);
void* TF_TensorData(const TF_Tensor*);
int64_t TF_Dim(const TF_Tensor*, int);
int TF_NumDims(const TF_Tensor*);
void TF_DeleteTensor(TF_Tensor*);
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char*);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*, TF_Status*));
void TF_OpDefinitionBuilderSetIsStateful(TF_OpDefinitionBuilder*, bool);
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);
TF_ShapeHandle* TF_NewShapeHandle();
void TF_DeleteShapeHandle(TF_ShapeHandle*);
void TF_ShapeInferenceContextGetInput(TF_ShapeInferenceContext*, int, TF_ShapeHandle*, TF_Status*);
void TF_ShapeInferenceContextSetOutput(TF_ShapeInferenceContext*, int, TF_ShapeHandle*, TF_Status*);
void TF_ShapeInferenceContextSubshape(TF_ShapeInferenceContext*, TF_ShapeHandle*, int64_t, int64_t, TF_ShapeHandle*, TF_Status*);
void TF_ShapeInferenceContextConcatenateShapes(TF_ShapeInferenceContext*, TF_ShapeHandle*, TF_ShapeHandle*, TF_ShapeHandle*,
                                               TF_Status*);
TF_ShapeHandle* TF_ShapeInferenceContextVectorFromSize(TF_ShapeInferenceContext*, size_t);
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*)(TF_OpKernelConstruction*),
                                      void (*)(void*, TF_OpKernelContext*), void (*)(void*));
void TF_RegisterKernelBuilder(const char*, TF_KernelBuilder*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, int type, const int64_t* dims, int rank, size_t bytes, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char*, unsigned char*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char*, float*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char*, int32_t*, TF_Status*);
}

namespace attn {

constexpr int TF_FLOAT_TYPE = 1;
enum Code { OK = 0, INVALID_ARGUMENT = 3, RESOURCE_EXHAUSTED = 8, INTERNAL = 13 };

/** What TensorFlow says went wrong; it becomes the operation's own failure. */
class Failure : public std::runtime_error {
 public:
  Failure(int code, const std::string& message) : std::runtime_error(message), code(code) {}
  const int code;
};

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  operator TF_Status*() { return status_; }
  void set(int code, const std::string& message) { TF_SetStatus(status_, code, message.c_str()); }
  /** @throws Failure */
  void check() const {
    if (TF_GetCode(status_) != OK) throw Failure(TF_GetCode(status_), TF_Message(status_));
  }

 private:
  TF_Status* const status_;
};

/** A tensor given to a kernel or made by it, released at the end. */
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  Tensor(Tensor&& other) : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  int rank() const { return TF_NumDims(tensor_); }
  int64_t size(int axis) const { return TF_Dim(tensor_, axis); }
  int64_t count() const {
    int64_t elements = 1;
    for (int i = 0; i < rank(); i++) elements *= size(i);
    return elements;
  }
  template <class T = float>
  T* data() const {
    return static_cast<T*>(TF_TensorData(tensor_));
  }

 private:
  TF_Tensor* tensor_;
};

/** A kernel at work: its inputs and outputs by number. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  Tensor input(int index) {
    Status status;
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status);
    status.check();
    return Tensor(tensor);
  }
  std::vector<Tensor> inputs(int first, int count) {
    std::vector<Tensor> tensors;
    for (int i = first; i < first + count; i++) tensors.push_back(input(i));
    return tensors;
  }
  /** An input of a shape. */
  Tensor input(int index, std::initializer_list<int64_t> shape) {
    Tensor tensor = input(index);
    bool same = tensor.rank() == int(shape.size());
    int axis = 0;
    for (int64_t size : shape) same = same && tensor.size(axis++) == size;
    if (!same) throw Failure(INVALID_ARGUMENT, "input " + std::to_string(index) + " has another shape than the others ask for");
    return tensor;
  }
  Tensor inputOfRank(int index, int rank) {
    Tensor tensor = input(index);
    if (tensor.rank() != rank)
      throw Failure(INVALID_ARGUMENT, "input " + std::to_string(index) + " needs rank " + std::to_string(rank));
    return tensor;
  }
  /** A float32 output. @throws Failure where there is no memory for it */
  Tensor output(int index, std::initializer_list<int64_t> shape) { return output(index, shape.begin(), int(shape.size())); }
  /** A float32 output with the shape of a tensor. */
  Tensor outputLike(int index, const Tensor& tensor) {
    std::vector<int64_t> shape;
    for (int axis = 0; axis < tensor.rank(); axis++) shape.push_back(tensor.size(axis));
    return output(index, shape.data(), int(shape.size()));
  }

 private:
  Tensor output(int index, const int64_t* shape, int rank) {
    Status status;
    size_t bytes = sizeof(float);
    for (int axis = 0; axis < rank; axis++) bytes *= shape[axis];
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT_TYPE, shape, rank, bytes, status);
    Tensor result(tensor);
    status.check();
    return result;
  }
  TF_OpKernelContext* const context_;
};

/** Runs a kernel's work; what it throws becomes the operation's failure. */
template <class Work>
void guarded(TF_OpKernelContext* context, const Work& work) {
  Status status;
  try {
    Call call(context);
    work(call);
    return;
  } catch (const Failure& failure) {
    status.set(failure.code, failure.what());
  } catch (const std::bad_alloc&) {
    status.set(RESOURCE_EXHAUSTED, "OOM when allocating memory for a kernel of attn's own");
  } catch (const std::exception& error) {
    status.set(INTERNAL, error.what());
  }
  TF_OpKernelContext_Failure(context, status);
}

/** An operation's attributes by name. @throws Failure */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
  bool flag(const char* name) {
    Status status;
    unsigned char value = 0;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status);
    status.check();
    return value != 0;
  }
  float number(const char* name) {
    Status status;
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
    status.check();
    return value;
  }
  int integer(const char* name) {
    Status status;
    int32_t value = 0;
    TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status);
    status.check();
    return value;
  }

 private:
  TF_OpKernelConstruction* const construction_;
};

/** The shapes of an operation's outputs, from those of its inputs. */
class Shapes {
 public:
  Shapes(TF_ShapeInferenceContext* context, TF_Status* status) : context_(context), status_(status) {}
  /** Axes [from, to) of input `index`, then those of another. */
  struct Part {
    int input, from, to;
  };
  void set(int output, std::initializer_list<Part> parts) {
    TF_ShapeHandle* whole = nullptr;
    for (const Part& part : parts) {
      TF_ShapeHandle *input = TF_NewShapeHandle(), *axes = TF_NewShapeHandle();
      if (ok()) TF_ShapeInferenceContextGetInput(context_, part.input, input, status_);
      if (ok()) TF_ShapeInferenceContextSubshape(context_, input, part.from, part.to, axes, status_);
      TF_DeleteShapeHandle(input);
      if (whole == nullptr) {
        whole = axes;
        continue;
      }
      TF_ShapeHandle* both = TF_NewShapeHandle();
      if (ok()) TF_ShapeInferenceContextConcatenateShapes(context_, whole, axes, both, status_);
      TF_DeleteShapeHandle(whole);
      TF_DeleteShapeHandle(axes);
      whole = both;
    }
    if (ok()) TF_ShapeInferenceContextSetOutput(context_, output, whole, status_);
    TF_DeleteShapeHandle(whole);
  }
  /** The shape of input `index`. */
  void same(int output, int index) {
    TF_ShapeHandle* shape = TF_NewShapeHandle();
    TF_ShapeInferenceContextGetInput(context_, index, shape, status_);
    if (ok()) TF_ShapeInferenceContextSetOutput(context_, output, shape, status_);
    TF_DeleteShapeHandle(shape);
  }
  void setVector(int output, size_t size) {
    TF_ShapeHandle* shape = TF_ShapeInferenceContextVectorFromSize(context_, size);
    if (ok()) TF_ShapeInferenceContextSetOutput(context_, output, shape, status_);
    TF_DeleteShapeHandle(shape);
  }

 private:
  bool ok() const { return TF_GetCode(status_) == OK; }
  TF_ShapeInferenceContext* const context_;
  TF_Status* const status_;
};

/** Whether running a kernel has an effect besides its outputs: its member `stateful`, false by default. */
template <class Kernel, class = void>
struct IsStateful : std::false_type {};
template <class Kernel>
struct IsStateful<Kernel, std::enable_if_t<Kernel::stateful>> : std::true_type {};

/**
 * Registers an operation and its kernel. `Kernel` is made of `Attributes`, computes with `operator()(Call&)`, and has the
 * operation's form in `inputs`, `outputs`, `attributes` and `shapes(Shapes&)`. @returns whether TensorFlow took both
 */
template <class Kernel>
bool registerKernel(const std::string& name) {
  Status status;
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name.c_str());
  for (const char* input : Kernel::inputs) TF_OpDefinitionBuilderAddInput(operation, input);
  for (const char* output : Kernel::outputs) TF_OpDefinitionBuilderAddOutput(operation, output);
  for (const char* attribute : Kernel::attributes) TF_OpDefinitionBuilderAddAttr(operation, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation, [](TF_ShapeInferenceContext* context, TF_Status* status) {
    Shapes shapes(context, status);
    Kernel::shapes(shapes);
  });
  TF_OpDefinitionBuilderSetIsStateful(operation, IsStateful<Kernel>::value);
  TF_RegisterOpDefinition(operation, status);
  if (TF_GetCode(status) != OK) return false;
  const auto create = [](TF_OpKernelConstruction* construction) -> void* {
    Status status;
    try {
      return new Kernel(Attributes(construction));
    } catch (const std::exception& error) {
      status.set(INVALID_ARGUMENT, error.what());
      TF_OpKernelConstruction_Failure(construction, status);
      return nullptr;
    }
  };
  const auto compute = [](void* kernel, TF_OpKernelContext* context) {
    guarded(context, [&](Call& call) { (*static_cast<Kernel*>(kernel))(call); });
  };
  const auto remove = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  TF_RegisterKernelBuilder(name.c_str(), TF_NewKernelBuilder(name.c_str(), "CPU", create, compute, remove), status);
  return TF_GetCode(status) == OK;
}

}  // namespace attn
