const Philox two(1, StreamPurpose::weights);
