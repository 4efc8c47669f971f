"""The stack of src/main/java/skystate as its users would write it in Python: the same looks, resources, inputs, options and outputs."""
import base64
import hashlib
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s
import yaml

config = pulumi.Config()
VOLUME = "sky-api-server-pv"
CLASS = "sky-api-server-pv-class"
DRIVER = "pd.csi.storage.gke.io"
FIXED = ["description", "type", "zone", "project", "name", "diskEncryptionKey", "snapshot", "sourceDisk", "image",
         "resourcePolicies", "physicalBlockSizeBytes", "enableConfidentialCompute", "provisionedIops"]

project = pulumi.Config("gcp").require("project")
zone = config.require("zone")
disk_name = config.require("diskName")
size = int(config.require("diskSize"))
namespace = config.require("namespace")
release = config.require("release")
context = config.require("context")
kubeconfig = config.require("kubeconfig")
disk_id = f"projects/{project}/zones/{zone}/disks/{disk_name}"
region = zone.rpartition("-")[0]
schedule = f"{disk_name}-{zone}-daily"
schedule_id = f"projects/{project}/regions/{region}/resourcePolicies/{schedule}"


def look_at_cluster():
    """Asks the cluster, as kubectl would."""
    with open(kubeconfig, encoding="utf-8") as file:
        settings = yaml.load(file, yaml.CSafeLoader)
    its = next(entry for entry in settings["contexts"] if entry["name"] == context)["context"]
    cluster = next(entry for entry in settings["clusters"] if entry["name"] == its["cluster"])["cluster"]
    user = next(entry for entry in settings["users"] if entry["name"] == its["user"])["user"]
    trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())

    def get(path):
        request = urllib.request.Request(cluster["server"] + path, headers={"Authorization": "Bearer " + user["token"]})
        try:
            with urllib.request.urlopen(request, context=trust) as response:
                return json.load(response)
        except urllib.error.HTTPError as failed:
            if failed.code == 404:
                return None
            raise

    nodes = get("/api/v1/nodes")
    volume = get("/api/v1/persistentvolumes/" + VOLUME)
    get("/apis/storage.k8s.io/v1/storageclasses/" + CLASS)
    get("/api/v1/namespaces/" + namespace)
    unsettled = get(f"/api/v1/namespaces/{namespace}/secrets?labelSelector="
                    + urllib.parse.quote("owner=helm,status in (pending-install,pending-upgrade,pending-rollback)"))
    if not get(f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"]:
        get(f"/apis/apps/v1/namespaces/{namespace}/statefulsets")
    if not any(node["metadata"]["labels"]["topology.gke.io/zone"] == zone for node in nodes["items"]) or unsettled["items"]:
        raise RuntimeError("The cluster has no node in the disk's zone, or a release that is at work.")
    return volume


def look(asked_id, ask):
    """Asks Google; nothing if there is none."""
    try:
        return ask()
    except Exception as failed:
        if asked_id + " not found" in str(failed):
            return None
        raise


class StateDisk(pulumi.ComponentResource):
    def __init__(self, name, exists, labels, opts=None):
        super().__init__("skystate:index:StateDisk", name, {}, opts)
        self.disk = gcp.compute.Disk(
            name, project=project, zone=zone, name=disk_name, size=size, type=config.require("diskType"), labels=labels,
            description="State of a SkyPilot API server: its users, clusters and jobs. Deleting this disk deletes them.",
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=FIXED, retain_on_delete=True, import_=disk_id if exists else None))
        self.handle = pulumi.Output.all(self.disk.project, self.disk.zone, self.disk.name).apply(
            lambda its: f"projects/{its[0]}/zones/{its[1]}/disks/{its[2]}")
        self.register_outputs({"id": self.disk.id, "selfLink": self.disk.self_link, "handle": self.handle})


class SnapshotSchedule(pulumi.ComponentResource):
    def __init__(self, name, disk, exists, attached):
        super().__init__("skystate:index:SnapshotSchedule", name, {})
        policy = gcp.compute.ResourcePolicy(
            name, project=project, region=region, name=disk.handle.apply(lambda _: schedule),
            description=f"Daily snapshots of the disk {disk_name} in {zone}: the state of a SkyPilot API server.",
            snapshot_schedule_policy={
                "schedule": {"daily_schedule": {"days_in_cycle": 1, "start_time": "04:00"}},
                "retention_policy": {"max_retention_days": 14, "on_source_disk_delete": "KEEP_AUTO_SNAPSHOTS"},
                "snapshot_properties": {"labels": {"app": "sky-api-server"}},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[disk.disk], retain_on_delete=True, import_=schedule_id if exists else None,
                                        ignore_changes=["description", "name", "project", "region", "snapshotSchedulePolicy"]))
        gcp.compute.DiskResourcePolicyAttachment(
            name, project=project, zone=zone, disk=disk_name, name=policy.name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[disk.disk], retain_on_delete=True,
                                        import_="/".join([project, zone, disk_name, schedule]) if attached else None))
        self.register_outputs({})


class StateVolume(pulumi.ComponentResource):
    def __init__(self, name, disk, bound, labels, provider, opts=None):
        super().__init__("skystate:index:StateVolume", name, {}, opts)
        self.storage_class = k8s.storage.v1.StorageClass(
            name + "-class", metadata={"name": CLASS, "labels": labels}, provisioner="kubernetes.io/no-provisioner",
            volume_binding_mode="WaitForFirstConsumer", reclaim_policy="Retain", allow_volume_expansion=True,
            opts=pulumi.ResourceOptions(parent=self, provider=provider, delete_before_replace=True))
        self.volume = k8s.core.v1.PersistentVolume(
            name,
            metadata={"name": VOLUME, "labels": labels},
            spec={
                "storage_class_name": CLASS, "capacity": {"storage": f"{size}Gi"}, "access_modes": ["ReadWriteOnce"],
                "persistent_volume_reclaim_policy": "Retain",
                "csi": {"driver": DRIVER, "volume_handle": disk.handle, "fs_type": "ext4"},
                "claim_ref": {"namespace": namespace, "name": release + "-state"},
                "node_affinity": {"required": {"node_selector_terms": [
                    {"match_expressions": [{"key": "topology.gke.io/zone", "operator": "In", "values": [zone]}]}]}},
            },
            opts=pulumi.ResourceOptions(parent=self, provider=provider, depends_on=[disk.disk], replace_on_changes=["spec.claimRef"],
                                        ignore_changes=["spec.capacity"] if bound else [], delete_before_replace=True))
        self.volume_name = pulumi.Output.all(self.volume.metadata, self.volume.status).apply(lambda its: self.usable(*its))
        self.register_outputs({"name": self.volume_name})

    @staticmethod
    def usable(metadata, status):
        if metadata.get("deletion_timestamp") or (status or {}).get("phase") in ("Released", "Failed"):
            raise RuntimeError("The PersistentVolume can't be used.")
        return metadata.get("name") or VOLUME


class ApiServer(pulumi.ComponentResource):
    def __init__(self, name, volume, labels, provider, opts=None):
        super().__init__("skystate:index:ApiServer", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self, provider=provider, delete_before_replace=True)
        its = k8s.core.v1.Namespace(name, metadata={"name": namespace, "labels": labels}, opts=child)
        auth = k8s.core.v1.Secret(
            name + "-auth", metadata={"name": release + "-login", "namespace": namespace},
            data=config.require_secret("authHash").apply(lambda line: {"auth": base64.b64encode(line.encode()).decode()}),
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[its])))
        values = volume.volume_name.apply(lambda volume_name: {
            **(config.get_object("values") or {}),
            "ingress": {"authSecret": release + "-login"},
            "storage": {"enabled": True, "storageClassName": CLASS, "accessMode": "ReadWriteOnce", "size": f"{size}Gi", "volumeName": volume_name},
        })
        server = k8s.helm.v3.Release(
            name, name=release, namespace=namespace, chart=config.require("chart"), values=values, timeout=int(config.require("installTimeout")),
            repository_opts={"repo": config.require("chartRepository")}, devel=True,
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(
                depends_on=[its, auth, volume.storage_class, volume.volume], replace_with=[volume.volume])))
        self.release_name = server.name
        self.status = server.status.apply(self.deployed)
        self.register_outputs({"release": self.release_name, "status": self.status})

    @staticmethod
    def deployed(status):
        if status["status"] != "deployed":
            raise RuntimeError(f"The release is {status['status']}.")
        return status["status"]


async def main():
    stack = "/".join([pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])
    last = pulumi.StackReference("self", stack_name=stack)
    had = [(await last.get_output_details(output)).value for output in (
        "diskId", "diskSource", "diskSnapshot", "snapshotSchedule", "owner", "statePlace", "volumeSize", "onDestroy")]
    cluster_volume = look_at_cluster()
    if had[0] and had[0] != disk_id:
        raise RuntimeError("The config names another disk than this stack has.")
    found = look(disk_id, lambda: gcp.compute.get_disk(project=project, zone=zone, name=disk_name))
    attached = found is not None and any(policy.endswith(schedule_id) for policy in found.resource_policies)
    policy = look(schedule_id, lambda: gcp.compute.get_resource_policy(project=project, region=region, name=schedule))
    owner = pulumi.get_stack() + "-" + hashlib.sha256(stack.encode()).hexdigest()[:8]
    label = {"sky-api-server-stack": owner}
    bound = ((cluster_volume or {}).get("status") or {}).get("phase") == "Bound"

    provider = k8s.Provider("cluster", kubeconfig=kubeconfig, context=context,
                            opts=pulumi.ResourceOptions(replace_on_changes=["context"], ignore_changes=["deleteUnreachable"]))
    disk = StateDisk("disk", found is not None, {"app": "sky-api-server", "managed-by": "pulumi", **label})
    SnapshotSchedule("snapshots", disk, policy is not None, attached)
    volume = StateVolume("volume", disk, bound, label, provider, pulumi.ResourceOptions(depends_on=[disk]))
    server = ApiServer("server", volume, label, provider, pulumi.ResourceOptions(depends_on=[volume]))
    return {
        "diskId": disk.disk.id, "diskSelfLink": disk.disk.self_link, "diskSource": "create", "snapshotSchedule": schedule_id, "owner": owner, "persistentVolume": volume.volume_name,
        "claim": release + "-state", "namespace": namespace, "release": server.release_name, "status": server.status,
        "login": f"HOST=$(kubectl get service {release}-ingress-nginx-controller) && sky api login -e http://USER:PASSWORD@$HOST",
        "onDestroy": f"pulumi destroy keeps the disk {disk_name}.",
    }


pulumi.run(main)
