package rehearsal.memory;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.UpdateRequest;

/**
 * The moments of an engine's run at which what is there and what the state says may differ: before and after each
 * change that the engine has a provider make, and before each of the requests that such a change takes at the cluster.
 * Something can be had to happen at one of them.
 */
final class Moments implements ServerInterceptor {

    private int left;
    private Runnable then = () -> {
    };
    private boolean over;

    /** From now on, has something happen once. @param moment which: 1 is the first */
    synchronized void at(int moment, Runnable what) {
        left = moment;
        then = what;
        over = false;
    }

    /** Nothing happens from now on. */
    synchronized void never() {
        at(0, () -> {
        });
    }

    /** After this nothing that is under way has any effect: whoever was at work is dead. */
    synchronized void end() {
        over = true;
    }

    /** Another moment. @throws IllegalStateException if it comes after the end */
    synchronized void pass() {
        if (--left == 0) {
            then.run();
        }
        if (over) {
            throw new IllegalStateException("whoever asks is dead");
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                                                       ServerCallHandler<Q, A> next) {
        var answered = new SimpleForwardingServerCall<>(call) {
            private boolean changes;

            @Override
            public void sendMessage(A message) {
                if (changes) {
                    try {
                        pass();
                    } catch (IllegalStateException dead) {
                        return;
                    }
                }
                super.sendMessage(message);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(answered, headers)) {
            private boolean closed;

            @Override
            public void onHalfClose() {
                if (!closed) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onMessage(Q request) {
                answered.changes = request instanceof CreateRequest create && !create.getPreview()
                        || request instanceof UpdateRequest update && !update.getPreview()
                        || request instanceof DeleteRequest;
                if (answered.changes) {
                    try {
                        pass();
                    } catch (IllegalStateException dead) {
                        closed = true;
                        call.close(Status.UNAVAILABLE, new Metadata());
                        return;
                    }
                }
                super.onMessage(request);
            }
        };
    }
}
