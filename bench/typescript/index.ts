// The stack of src/main/java/skystate as its users would write it in TypeScript: the same looks, resources, inputs, options and outputs.
import { createHash } from "crypto";
import * as fs from "fs";
import * as https from "https";
import * as yaml from "js-yaml";
import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const VOLUME = "sky-api-server-pv";
const CLASS = "sky-api-server-pv-class";
const DRIVER = "pd.csi.storage.gke.io";
const FIXED = ["description", "type", "zone", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "image",
    "resourcePolicies", "physicalBlockSizeBytes", "enableConfidentialCompute", "provisionedIops"];

const project = new pulumi.Config("gcp").require("project");
const zone = config.require("zone");
const diskName = config.require("diskName");
const size = Number(config.require("diskSize"));
const namespace = config.require("namespace");
const release = config.require("release");
const context = config.require("context");
const kubeconfig = config.require("kubeconfig");
const diskId = `projects/${project}/zones/${zone}/disks/${diskName}`;
const region = zone.slice(0, zone.lastIndexOf("-"));
const schedule = `${diskName}-${zone}-daily`;
const scheduleId = `projects/${project}/regions/${region}/resourcePolicies/${schedule}`;

type Found = Record<string, any> | undefined;

/** Asks the cluster, as kubectl would. */
async function lookAtCluster() {
    const settings = yaml.load(fs.readFileSync(kubeconfig, "utf8")) as any;
    const its = settings.contexts.find((entry: any) => entry.name === context).context;
    const cluster = settings.clusters.find((entry: any) => entry.name === its.cluster).cluster;
    const user = settings.users.find((entry: any) => entry.name === its.user).user;
    const agent = new https.Agent({ ca: Buffer.from(cluster["certificate-authority-data"], "base64"), keepAlive: true });
    const get = (path: string) => new Promise<Found>((resolve, reject) => {
        https.get(cluster.server + path, { agent, headers: { Authorization: "Bearer " + user.token } }, response => {
            let body = "";
            response.on("data", part => body += part);
            response.on("end", () => response.statusCode === 200 ? resolve(JSON.parse(body))
                : response.statusCode === 404 ? resolve(undefined) : reject(new Error(`${path}: ${response.statusCode}`)));
        }).on("error", reject);
    });
    const nodes = (await get("/api/v1/nodes"))!;
    const volume = await get("/api/v1/persistentvolumes/" + VOLUME);
    const storageClass = await get("/apis/storage.k8s.io/v1/storageclasses/" + CLASS);
    const namespaced = await get("/api/v1/namespaces/" + namespace);
    const unsettled = (await get(`/api/v1/namespaces/${namespace}/secrets?labelSelector=${encodeURIComponent("owner=helm,status in (pending-install,pending-upgrade,pending-rollback)")}`))!;
    const releases = async (kind: string) => (await get(`/apis/apps/v1/namespaces/${namespace}/${kind}`))!.items
        .map((item: any) => item.metadata.annotations["meta.helm.sh/release-name"]) as string[];
    const deployed = await releases("deployments");
    const running = deployed.length > 0 ? deployed : await releases("statefulsets");
    agent.destroy();
    if (!nodes.items.some((node: any) => node.metadata.labels["topology.gke.io/zone"] === zone) || unsettled.items.length > 0) {
        throw new Error("The cluster has no node in the disk's zone, or a release that is at work.");
    }
    return { volume, storageClass, namespaced, running };
}

/** Asks Google; nothing if there is none. */
async function look<T>(id: string, asked: Promise<T>) {
    try {
        return await asked;
    } catch (failed) {
        if (String(failed).includes(id + " not found")) {
            return undefined;
        }
        throw failed;
    }
}

class StateDisk extends pulumi.ComponentResource {
    readonly disk: gcp.compute.Disk;
    readonly handle: pulumi.Output<string>;

    constructor(name: string, exists: boolean, labels: Record<string, string>, opts?: pulumi.ComponentResourceOptions) {
        super("skystate:index:StateDisk", name, {}, opts);
        this.disk = new gcp.compute.Disk(name, {
            project, zone, name: diskName, size, type: config.require("diskType"), labels,
            description: "State of a SkyPilot API server: its users, clusters and jobs. Deleting this disk deletes them.",
        }, { parent: this, ignoreChanges: FIXED, retainOnDelete: true, ...(exists ? { import: diskId } : {}) });
        this.handle = pulumi.all([this.disk.project, this.disk.zone, this.disk.name]).apply(([p, z, n]) => `projects/${p}/zones/${z}/disks/${n}`);
        this.registerOutputs({ id: this.disk.id, selfLink: this.disk.selfLink, handle: this.handle });
    }
}

class SnapshotSchedule extends pulumi.ComponentResource {
    constructor(name: string, disk: StateDisk, exists: boolean, attached: boolean) {
        super("skystate:index:SnapshotSchedule", name, {});
        const child = { parent: this, dependsOn: disk.disk, retainOnDelete: true };
        const policy = new gcp.compute.ResourcePolicy(name, {
            project, region, name: disk.handle.apply(() => schedule),
            description: `Daily snapshots of the disk ${diskName} in ${zone}: the state of a SkyPilot API server.`,
            snapshotSchedulePolicy: {
                schedule: { dailySchedule: { daysInCycle: 1, startTime: "04:00" } },
                retentionPolicy: { maxRetentionDays: 14, onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS" },
                snapshotProperties: { labels: { app: "sky-api-server" } },
            },
        }, { ...child, ignoreChanges: ["description", "name", "project", "region", "snapshotSchedulePolicy"], ...(exists ? { import: scheduleId } : {}) });
        new gcp.compute.DiskResourcePolicyAttachment(name, { project, zone, disk: diskName, name: policy.name },
            { ...child, ...(attached ? { import: [project, zone, diskName, schedule].join("/") } : {}) });
        this.registerOutputs({});
    }
}

class StateVolume extends pulumi.ComponentResource {
    readonly storageClass: k8s.storage.v1.StorageClass;
    readonly volume: k8s.core.v1.PersistentVolume;
    readonly volumeName: pulumi.Output<string>;

    constructor(name: string, disk: StateDisk, bound: boolean, labels: Record<string, string>, provider: k8s.Provider, opts?: pulumi.ComponentResourceOptions) {
        super("skystate:index:StateVolume", name, {}, opts);
        this.storageClass = new k8s.storage.v1.StorageClass(name + "-class", {
            metadata: { name: CLASS, labels }, provisioner: "kubernetes.io/no-provisioner", volumeBindingMode: "WaitForFirstConsumer",
            reclaimPolicy: "Retain", allowVolumeExpansion: true,
        }, { parent: this, provider, deleteBeforeReplace: true });
        this.volume = new k8s.core.v1.PersistentVolume(name, {
            metadata: { name: VOLUME, labels },
            spec: {
                storageClassName: CLASS, capacity: { storage: `${size}Gi` }, accessModes: ["ReadWriteOnce"], persistentVolumeReclaimPolicy: "Retain",
                csi: { driver: DRIVER, volumeHandle: disk.handle, fsType: "ext4" },
                claimRef: { namespace, name: release + "-state" },
                nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "topology.gke.io/zone", operator: "In", values: [zone] }] }] } },
            },
        }, {
            parent: this, provider, dependsOn: disk.disk, replaceOnChanges: ["spec.claimRef"], ignoreChanges: bound ? ["spec.capacity"] : [],
            deleteBeforeReplace: true,
        });
        this.volumeName = pulumi.all([this.volume.metadata, this.volume.status]).apply(([metadata, status]) => {
            if (metadata.deletionTimestamp || ["Released", "Failed"].includes(status?.phase)) {
                throw new Error("The PersistentVolume can't be used.");
            }
            return metadata.name ?? VOLUME;
        });
        this.registerOutputs({ name: this.volumeName });
    }
}

class ApiServer extends pulumi.ComponentResource {
    readonly releaseName: pulumi.Output<string>;
    readonly status: pulumi.Output<string>;

    constructor(name: string, volume: StateVolume, labels: Record<string, string>, provider: k8s.Provider, opts?: pulumi.ComponentResourceOptions) {
        super("skystate:index:ApiServer", name, {}, opts);
        const child = { parent: this, provider, deleteBeforeReplace: true };
        const its = new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels } }, child);
        const auth = new k8s.core.v1.Secret(name + "-auth", {
            metadata: { name: release + "-login", namespace }, data: config.requireSecret("authHash").apply(line => ({ auth: Buffer.from(line).toString("base64") })),
        }, { ...child, dependsOn: its });
        const values = volume.volumeName.apply(volumeName => ({
            ...config.getObject<Record<string, any>>("values"),
            ingress: { authSecret: release + "-login" },
            storage: { enabled: true, storageClassName: CLASS, accessMode: "ReadWriteOnce", size: `${size}Gi`, volumeName },
        }));
        const server = new k8s.helm.v3.Release(name, {
            name: release, namespace, chart: config.require("chart"), values, timeout: Number(config.require("installTimeout")),
            repositoryOpts: { repo: config.require("chartRepository") }, devel: true,
        }, { ...child, dependsOn: [its, auth, volume.storageClass, volume.volume], replaceWith: [volume.volume] });
        this.releaseName = server.name;
        this.status = server.status.apply(status => {
            if (status.status !== "deployed") {
                throw new Error(`The release is ${status.status}.`);
            }
            return status.status;
        });
        this.registerOutputs({ release: this.releaseName, status: this.status });
    }
}

export = async () => {
    const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const self = new pulumi.StackReference("self", { name });
    const had = await Promise.all(["diskId", "diskSource", "diskSnapshot", "snapshotSchedule", "owner", "statePlace", "volumeSize", "onDestroy"].map(output => self.getOutputDetails(output)));
    const cluster = await lookAtCluster();
    if (had[0].value && had[0].value !== diskId) {
        throw new Error("The config names another disk than this stack has.");
    }
    const found = await look(diskId, gcp.compute.getDisk({ project, zone, name: diskName }));
    const attached = found?.resourcePolicies.some(policy => policy.endsWith(scheduleId)) ?? false;
    const policy = await look(scheduleId, gcp.compute.getResourcePolicy({ project, region, name: schedule }));
    const owner = pulumi.getStack() + "-" + createHash("sha256").update(name).digest("hex").slice(0, 8);
    const label = { "sky-api-server-stack": owner };
    const bound = cluster.volume?.status?.phase === "Bound";

    const provider = new k8s.Provider("cluster", { kubeconfig, context }, { replaceOnChanges: ["context"], ignoreChanges: ["deleteUnreachable"] });
    const disk = new StateDisk("disk", found !== undefined, { app: "sky-api-server", "managed-by": "pulumi", ...label });
    new SnapshotSchedule("snapshots", disk, policy !== undefined, attached);
    const volume = new StateVolume("volume", disk, bound, label, provider, { dependsOn: disk });
    const server = new ApiServer("server", volume, label, provider, { dependsOn: volume });
    return {
        diskId: disk.disk.id, diskSelfLink: disk.disk.selfLink, diskSource: "create", snapshotSchedule: scheduleId, owner, persistentVolume: volume.volumeName, claim: release + "-state",
        namespace, release: server.releaseName, status: server.status,
        login: `HOST=$(kubectl get service ${release}-ingress-nginx-controller) && sky api login -e http://USER:PASSWORD@$HOST`,
        onDestroy: `pulumi destroy keeps the disk ${diskName}.`,
    };
};
