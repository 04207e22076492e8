#pragma once

#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/memory.hpp"

namespace pinnscope {

/// Runs `work`, which returns a FileStatus, and turns what a library throws into one about `file`.
template <class Work>
FileStatus guarded(const std::string& file, Work&& work) {
  try {
    return work();
  } catch (const OutOfMemory& lack) {
    return {StatusCode::out_of_memory, file + ": " + lack.what()};
  } catch (const std::bad_alloc&) {
    return file_failure(StatusCode::out_of_memory, file, "there is not enough memory for it");
  } catch (const std::system_error& error) {  // of the file system: its words repeat the path
    return file_failure(StatusCode::bad_file, file, error.code().message());
  } catch (const std::exception& exception) {
    return file_failure(StatusCode::bad_file, file, exception.what());
  }
}

}  // namespace pinnscope
