enum class StreamPurpose {
  weights,  ///< drawn for in two files
  points,
};
