#pragma once

#include <exception>
#include <new>
#include <string>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Runs `work`, which returns a FileStatus, and turns what a library throws into one about `file`.
template <class Work>
FileStatus guarded(const std::string& file, Work&& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return {StatusCode::out_of_memory, file + ": there is not enough memory for it"};
  } catch (const std::exception& exception) {
    return file_failure(StatusCode::bad_file, file, exception.what());
  }
}

}  // namespace pinnscope
