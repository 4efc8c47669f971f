package rehearsal.gcp;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import pulumirpc.Plugin.PluginAttach;
import pulumirpc.Plugin.PluginInfo;
import pulumirpc.Provider.CheckFailure;
import pulumirpc.Provider.CheckRequest;
import pulumirpc.Provider.CheckResponse;
import pulumirpc.Provider.ConfigureRequest;
import pulumirpc.Provider.ConfigureResponse;
import pulumirpc.Provider.CreateRequest;
import pulumirpc.Provider.CreateResponse;
import pulumirpc.Provider.DeleteRequest;
import pulumirpc.Provider.DiffRequest;
import pulumirpc.Provider.DiffResponse;
import pulumirpc.Provider.DiffResponse.DiffChanges;
import pulumirpc.Provider.ErrorResourceInitFailed;
import pulumirpc.Provider.InvokeRequest;
import pulumirpc.Provider.InvokeResponse;
import pulumirpc.Provider.PropertyDiff;
import pulumirpc.Provider.ReadRequest;
import pulumirpc.Provider.ReadResponse;
import pulumirpc.Provider.UpdateRequest;
import pulumirpc.Provider.UpdateResponse;
import pulumirpc.ResourceProviderGrpc;
import rehearsal.provider.Wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The gcp plugin's stand-in, for com.pulumi:gcp {@value #VERSION}: a client of Compute Engine's REST API that does what
 * the official plugin does, dangerous sides included (facts: G1 to G12). What it doesn't know it refuses.
 */
public final class GcpProvider extends ResourceProviderGrpc.ResourceProviderImplBase {

    /** The version that the program asks for. */
    public static final String VERSION = "9.35.0";

    private Settings settings;
    private boolean secrets;

    @Override
    public void getPluginInfo(Empty request, StreamObserver<PluginInfo> out) {
        answer(out, () -> PluginInfo.newBuilder().setVersion(VERSION).build());
    }

    @Override
    public void attach(PluginAttach request, StreamObserver<Empty> out) {
        answer(out, Empty::getDefaultInstance);
    }

    @Override
    public void cancel(Empty request, StreamObserver<Empty> out) {
        answer(out, Empty::getDefaultInstance);
    }

    @Override
    public void checkConfig(CheckRequest request, StreamObserver<CheckResponse> out) {
        answer(out, () -> CheckResponse.newBuilder().setInputs(request.getNews()).build());
    }

    /**
     * No setting of this provider replaces its resources by itself: a changed project does, by the resources' own
     * rules.
     */
    @Override
    public void diffConfig(DiffRequest request, StreamObserver<DiffResponse> out) {
        answer(out, () -> {
            var olds = Wire.read(request.getOldInputs());
            var news = Wire.read(request.getNews());
            var keys = new LinkedHashMap<>(olds);
            keys.putAll(news);
            var changed = keys.keySet().stream().filter(key -> !Objects.equals(olds.get(key), news.get(key))).toList();
            return DiffResponse.newBuilder().addAllDiffs(changed)
                    .setChanges(changed.isEmpty() ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME).build();
        });
    }

    @Override
    public void configure(ConfigureRequest request, StreamObserver<ConfigureResponse> out) {
        answer(out, () -> {
            settings = Settings.read(plain(request.getArgs()));
            secrets = request.getAcceptSecrets();
            return ConfigureResponse.newBuilder().setSupportsPreview(true).build();
        });
    }

    @Override
    public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> out) {
        answer(out, () -> {
            var arguments = plain(request.getArgs());
            try {
                return InvokeResponse.newBuilder().setReturn(Wire.write(switch (request.getTok()) {
                    case "gcp:compute/getDisk:getDisk" -> GetDisk.invoke(settings, arguments);
                    case "gcp:compute/getSnapshot:getSnapshot" -> GetSnapshot.invoke(settings, arguments);
                    case "gcp:organizations/getClientConfig:getClientConfig" -> settings.clientConfig();
                    case "gcp:compute/getResourcePolicy:getResourcePolicy" ->
                            GetResourcePolicy.invoke(settings, arguments);
                    default -> throw new ProviderException(
                            "the rehearsal's gcp plugin has no function " + request.getTok());
                })).build();
            } catch (ProviderException e) {
                throw new ProviderException("invoking " + request.getTok() + ": " + e.listed(), e);
            }
        });
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
        answer(out, () -> {
            var checked =
                    kind(request.getUrn()).check(request.getName(), plain(request.getOlds()), plain(request.getNews()));
            var response = CheckResponse.newBuilder().setInputs(Wire.write(checked.inputs()));
            checked.failures().forEach((property, reason) -> response
                    .addFailures(CheckFailure.newBuilder().setProperty(property).setReason(reason)));
            return response.build();
        });
    }

    @Override
    public void diff(DiffRequest request, StreamObserver<DiffResponse> out) {
        answer(out, () -> {
            var difference = kind(request.getUrn()).diff(plain(request.getOldInputs()), plain(request.getOlds()),
                    plain(request.getNews()),
                    request.getIgnoreChangesList());
            var response = DiffResponse.newBuilder().setHasDetailedDiff(true)
                    .setChanges(difference.changes().isEmpty() ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME);
            difference.changes().forEach((property, change) -> {
                response.addDiffs(property);
                if (change.replaces()) {
                    response.addReplaces(property);
                }
                response.putDetailedDiff(property, PropertyDiff.newBuilder().setKind(wire(change)).build());
            });
            return response.setDeleteBeforeReplace(response.getReplacesCount() > 0 && difference.deleteFirst()).build();
        });
    }

    @Override
    public void create(CreateRequest request, StreamObserver<CreateResponse> out) {
        answer(out, () -> {
            var kind = kind(request.getUrn(), request.getTimeout());
            var inputs = plain(request.getProperties());
            if (request.getPreview()) {
                return CreateResponse.newBuilder().setProperties(write(kind.previewCreate(inputs))).build();
            }
            var made = listed("", () -> kind.create(inputs));
            return CreateResponse.newBuilder().setId(made.id()).setProperties(write(made.outputs())).build();
        });
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> out) {
        answer(out, () -> {
            var kind = kind(request.getUrn());
            // A refresh tells what it knows; an import, and a get, know the id alone.
            var found = listed("refreshing " + request.getUrn() + ": ",
                    () -> request.getProperties().getFieldsCount() == 0
                            ? kind.find(request.getId())
                            : kind.refresh(request.getId(), plain(request.getInputs()),
                                    plain(request.getProperties())));
            return found
                    .map(resource -> ReadResponse.newBuilder().setId(resource.id()).setInputs(write(resource.inputs()))
                            .setProperties(write(resource.outputs())).build())
                    .orElse(ReadResponse.getDefaultInstance());
        });
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> out) {
        answer(out, () -> {
            var kind = kind(request.getUrn(), request.getTimeout());
            var oldInputs = plain(request.getOldInputs());
            var state = plain(request.getOlds());
            var inputs = plain(request.getNews());
            var ignored = new ArrayList<>(request.getIgnoreChangesList());
            var outputs = request.getPreview() ? kind.previewUpdate(oldInputs, state, inputs, ignored)
                    : listed("updating " + request.getUrn() + ": ",
                            () -> kind.update(request.getId(), oldInputs, state, inputs, ignored));
            return UpdateResponse.newBuilder().setProperties(write(outputs)).build();
        });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<Empty> out) {
        answer(out, () -> {
            var kind = kind(request.getUrn(), request.getTimeout());
            listed("deleting " + request.getUrn() + ": ", () -> {
                kind.delete(plain(request.getProperties()));
                return null;
            });
            return Empty.getDefaultInstance();
        });
    }

    private ResourceKind kind(String urn) {
        return kind(urn, 0);
    }

    /** @param seconds the resource's customTimeouts for what is done to it, or 0 */
    private ResourceKind kind(String urn, double seconds) {
        var its = settings.within(seconds);
        var type = urn.split("::")[2];
        type = type.substring(type.lastIndexOf('$') + 1);
        return switch (type) {
            case "gcp:compute/disk:Disk" -> new Disk(its, DiskKind.ZONAL);
            case "gcp:compute/regionDisk:RegionDisk" -> new Disk(its, DiskKind.REGIONAL);
            case "gcp:compute/resourcePolicy:ResourcePolicy" -> new ResourcePolicy(its);
            case "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment" ->
                    new DiskResourcePolicyAttachment(its, DiskKind.ZONAL);
            case "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment" ->
                    new DiskResourcePolicyAttachment(its, DiskKind.REGIONAL);
            default -> throw new ProviderException("the rehearsal's gcp plugin has no resource of type " + type);
        };
    }

    private Struct write(Map<String, Object> properties) {
        return Wire.write(secrets ? properties : Wire.reveal(properties));
    }

    private static Map<String, Object> plain(Struct struct) {
        return Wire.reveal(Wire.read(struct));
    }

    private static PropertyDiff.Kind wire(ResourceKind.Change change) {
        return switch (change.kind()) {
            case ADD -> change.replaces() ? PropertyDiff.Kind.ADD_REPLACE : PropertyDiff.Kind.ADD;
            case UPDATE -> change.replaces() ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE;
            case DELETE -> change.replaces() ? PropertyDiff.Kind.DELETE_REPLACE : PropertyDiff.Kind.DELETE;
        };
    }

    /** Words a failure as the official plugin does. */
    private static <T> T listed(String doing, Supplier<T> work) {
        try {
            return work.get();
        } catch (PartialException e) {
            throw new PartialException(e.id, e.outputs, new ProviderException(doing + e.listed(), e));
        } catch (ProviderException e) {
            throw new ProviderException(doing + e.listed(), e);
        }
    }

    private <T> void answer(StreamObserver<T> out, Supplier<T> work) {
        T answer;
        try {
            answer = work.get();
        } catch (PartialException e) {
            var details = ErrorResourceInitFailed.newBuilder().setId(e.id).setProperties(write(e.outputs))
                    .addReasons(e.getMessage()).build();
            out.onError(StatusProto.toStatusRuntimeException(Status.newBuilder().setCode(Code.UNKNOWN_VALUE)
                    .setMessage("initialization failed").addDetails(Any.pack(details)).build()));
            return;
        } catch (ProviderException e) {
            out.onError(io.grpc.Status.UNKNOWN.withDescription(e.getMessage()).withCause(e).asRuntimeException());
            return;
        } catch (RuntimeException e) {
            out.onError(io.grpc.Status.UNKNOWN.withDescription("the rehearsal's gcp plugin failed: " + e).withCause(e)
                    .asRuntimeException());
            return;
        }
        out.onNext(answer);
        out.onCompleted();
    }
}
