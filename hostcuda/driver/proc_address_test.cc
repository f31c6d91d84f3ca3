// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions by name, names that are refused, and device code.
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

namespace {

void* find(const char* name, int version, cuuint64_t flags = CU_GET_PROC_ADDRESS_DEFAULT) {
  void* function = nullptr;
  EXPECT_EQ(cuGetProcAddress(name, &function, version, flags, nullptr), CUDA_SUCCESS) << name;
  return function;
}

TEST(ProcAddress, GivesTheFormOfTheVersion) {
  EXPECT_EQ(find("cuInit", 12000), reinterpret_cast<void*>(&cuInit));
  EXPECT_EQ(find("cuMemAlloc", 12000), reinterpret_cast<void*>(&cuMemAlloc_v2));
  EXPECT_EQ(find("cuCtxCreate", 11000), reinterpret_cast<void*>(&cuCtxCreate_v2));
  EXPECT_EQ(find("cuCtxCreate", 12000), reinterpret_cast<void*>(&cuCtxCreate_v3));
  EXPECT_EQ(find("cuCtxCreate", 13000), reinterpret_cast<void*>(&cuCtxCreate_v4));
}

TEST(ProcAddress, SaysWhyNot) {
  void* function = &function;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SUCCESS;
  ASSERT_EQ(cuGetProcAddress("cuNoSuchCall", &function, 12000, 0, &status), CUDA_SUCCESS);
  EXPECT_EQ(function, nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  ASSERT_EQ(cuGetProcAddress("cuGraphCreate", &function, 9000, 0, &status), CUDA_SUCCESS);
  EXPECT_EQ(function, nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
  EXPECT_EQ(cuGetProcAddress("cuInit", &function, 99000, 0, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGetProcAddress("cuInit", &function, 12000, 64, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGetProcAddress(nullptr, &function, 12000, 0, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST(ProcAddress, PerThreadFormsUseTheThreadsStream) {
  using Query = CUresult (*)(CUstream, unsigned long long*);
  const auto shared = reinterpret_cast<Query>(find("cuStreamGetId", 12000));
  const auto own = reinterpret_cast<Query>(
      find("cuStreamGetId", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM));
  unsigned long long named = 0;
  unsigned long long meant = 0;
  unsigned long long legacy = 0;
  ASSERT_EQ(cuStreamGetId(CU_STREAM_PER_THREAD, &named), CUDA_SUCCESS);
  ASSERT_EQ(own(nullptr, &meant), CUDA_SUCCESS);
  ASSERT_EQ(shared(nullptr, &legacy), CUDA_SUCCESS);
  EXPECT_EQ(meant, named);
  EXPECT_NE(legacy, named);
}

TEST(ProcAddress, RefusedNamesSaySo) {
  const auto refused = reinterpret_cast<CUresult (*)(int*)>(find("cuTexObjectCreate", 12000));
  ASSERT_NE(refused, nullptr);
  int unused = 0;
  testing::internal::CaptureStderr();
  EXPECT_EQ(refused(&unused), CUDA_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(refused(&unused), CUDA_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "hostcuda: cuTexObjectCreate is not offered on a CPU\n");
}

TEST(ProcAddress, OldFormTellsAMissingNameByItsCode) {
  void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  ASSERT_NE(library, nullptr);
  const auto old_form = reinterpret_cast<CUresult (*)(const char*, void**, int, cuuint64_t)>(
      dlsym(library, "cuGetProcAddress"));
  ASSERT_NE(old_form, nullptr);
  void* function = nullptr;
  EXPECT_EQ(old_form("cuInit", &function, 11030, 0), CUDA_SUCCESS);
  EXPECT_EQ(old_form("cuNoSuchCall", &function, 11030, 0), CUDA_ERROR_NOT_FOUND);
  dlclose(library);
}

TEST(DeviceCode, IsRefusedWithTheMend) {
  CUmodule module = nullptr;
  testing::internal::CaptureStderr();
  EXPECT_EQ(cuModuleLoadData(&module, ".version 8.0"), CUDA_ERROR_NO_BINARY_FOR_GPU);
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find("cuModuleLoadData"), std::string::npos);
  EXPECT_NE(line.find("needs a GPU"), std::string::npos);
  EXPECT_NE(line.find("compile the kernel for the host"), std::string::npos);
  EXPECT_EQ(cuModuleLoadData(&module, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuModuleLoad(&module, "/no/such/file.cubin"), CUDA_ERROR_FILE_NOT_FOUND);
  CUlibrary library = nullptr;
  EXPECT_EQ(cuLibraryLoadData(&library, ".version 8.0", nullptr, nullptr, 0, nullptr, nullptr, 0),
            CUDA_ERROR_NO_BINARY_FOR_GPU);
  CUfunction function = nullptr;
  EXPECT_EQ(cuModuleGetFunction(&function, module, "f"), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuLaunchKernel(nullptr, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr),
            CUDA_ERROR_INVALID_HANDLE);
}

TEST(DeviceCode, PrivateTablesAreRefused) {
  const void* table = &table;
  const CUuuid id{};
  EXPECT_EQ(cuGetExportTable(&table, &id), CUDA_ERROR_NOT_FOUND);
  EXPECT_EQ(table, nullptr);
}

}  // namespace
