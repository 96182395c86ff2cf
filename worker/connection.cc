#include "worker/connection.h"

#include <capnp/rpc-twoparty.h>

#include "ipc/transport/fd_link.h"
#include "ipc/transport/stream.h"
#include "ipc/transport/worker_port.h"

namespace runtime::worker {
namespace {

class TwoPipes final : public Connection {
 public:
  TwoPipes(int readFd, int writeFd) : link_(readFd, writeFd) {}

  kj::WaitScope& waitScope() override { return waitScope_; }
  capnp::Capability::Client door() override {
    capnp::MallocMessageBuilder message;
    auto vat = message.initRoot<capnp::rpc::twoparty::VatId>();
    vat.setSide(capnp::rpc::twoparty::Side::SERVER);
    return rpc_.bootstrap(vat);
  }

 private:
  ipc::WorkerFdLink link_;
  ipc::WorkerPort port_{link_};
  kj::EventLoop loop_{port_};
  kj::WaitScope waitScope_{loop_};
  ipc::Stream stream_{link_};
  capnp::TwoPartyVatNetwork network_{stream_, capnp::rpc::twoparty::Side::CLIENT};
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_{capnp::makeRpcClient(network_)};
};

}  // namespace

std::unique_ptr<Connection> Connection::open(int readFd, int writeFd) {
  return std::make_unique<TwoPipes>(readFd, writeFd);
}

}  // namespace runtime::worker
