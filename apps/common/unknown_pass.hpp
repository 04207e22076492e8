#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "pinnscope/io/owned.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/pde/ansatz.hpp"
#include "pinnscope/pde/problem.hpp"
#include "pinnscope/tape/replay.hpp"

namespace pinnscope::apps {

/// The unknowns of a problem that a network stands for, with derivatives: what a ForwardPass says,
/// or what an ansatz of the problem makes of the network.
template <class T>
class UnknownPass {
 public:
  /// Of networks of these widths; the problem is read where there is an ansatz alone.
  UnknownPass(std::vector<std::size_t> widths, const Derivatives& derivatives,
              const Problem* problem, AnsatzKind kind)
      : widths_(std::move(widths)), derivatives_(derivatives) {
    const Ansatz* const ansatz = problem == nullptr ? nullptr : problem->find_ansatz(kind);
    if (ansatz == nullptr) {
      pass_ = std::make_unique<Owned<ForwardPass<T>>>(
          typename ForwardPass<T>::Config{.widths = widths_, .derivatives = derivatives});
      return;
    }
    tape_ = std::make_unique<Owned<Tape<T>>>(
        typename Tape<T>::Config{.widths = widths_,
                                 .columns = problem->inputs.size(),
                                 .nodes = problem->operations + Ansatz::kOperations});
    const Unknown<T> u = (*ansatz)(Trial<T>(**tape_, derivatives_, 0), *problem);
    for (const Derivative& derivative : derivatives_.list()) {
      for (std::size_t k = 0; k < problem->outputs.size(); ++k) {
        wanted_.push_back(u(k, derivative));
      }
    }
    if (!(*tape_)->status().ok()) return;
    replay_ = std::make_unique<Owned<Replay<T>>>(typename Replay<T>::Config{.tape = &**tape_});
  }

  /// As ForwardPass::evaluate(): a row a point and, for each derivative, a column an unknown.
  /// not_finite: a number of that row.
  Status evaluate(const Mlp<T>& network, MatrixView<const T> points, MatrixView<T> values) {
    if (pass_ != nullptr) return (*pass_)->evaluate(network, points, values);
    if (replay_ == nullptr) return (*tape_)->status();
    Status status;
    for (std::size_t start = 0; start < points.rows; start += (*replay_)->tile()) {
      const std::size_t rows = std::min((*replay_)->tile(), points.rows - start);
      (*replay_)->forward(network, points.block(start, 0, rows, points.columns));
      for (std::size_t c = 0; c < wanted_.size(); ++c) {
        const VectorView<const T> column = (*replay_)->values(wanted_[c]);
        for (std::size_t i = 0; i < rows; ++i) values(start + i, c) = column[i];
      }
      for (std::size_t i = start; i < start + rows && status.ok(); ++i) {
        for (std::size_t c = 0; c < wanted_.size(); ++c) {
          if (!std::isfinite(values(i, c))) status = {StatusCode::not_finite, static_cast<int>(i)};
        }
      }
    }
    return status;
  }

 private:
  std::vector<std::size_t> widths_;
  Derivatives derivatives_;
  std::unique_ptr<Owned<ForwardPass<T>>> pass_;
  std::unique_ptr<Owned<Tape<T>>> tape_;
  std::vector<Expression<T>> wanted_;
  std::unique_ptr<Owned<Replay<T>>> replay_;
};

}  // namespace pinnscope::apps
