const Philox one(1, StreamPurpose::weights);
const Philox points(1, StreamPurpose::points);
