using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>What descriptors come with a task, and so what the worker does.</summary>
internal enum WorkerDuty : byte
{
    /// <summary>None: one connection is handed over later.</summary>
    OneConnection,

    /// <summary>Listening stream sockets, then the scoreboard, then the shared limits' ledger where there is one.</summary>
    Accept,

    /// <summary>Datagram sockets, then the scoreboard: it receives for itself.</summary>
    Datagrams,

    /// <summary>Datagram sockets to answer from; datagrams are handed over one at a time.</summary>
    HandedDatagrams,
}

/// <summary>The first message to a worker: everything that it has to know of its server, besides the program's own configuration.</summary>
internal sealed record WorkerTask
{
    internal required WorkerDuty Duty { get; init; }

    internal required string Server { get; init; }

    internal required string Model { get; init; }

    /// <summary>Which row of the scoreboard is this worker's.</summary>
    internal int Slot { get; init; }

    internal int Rows { get; init; }

    internal ConnectionCaps Caps { get; init; }

    internal DatagramLimits Datagrams { get; init; }

    internal int Parent { get; init; } = Environment.ProcessId;

    internal int ConfigurationLength { get; init; }

    internal IReadOnlyList<EndPoint> LocalEndPoints { get; init; } = [];

    internal byte[] Write() => WorkerPayload.Write(to =>
    {
        to.Write((byte)Duty);
        to.Write(Server);
        to.Write(Model);
        to.Write(Slot);
        to.Write(Rows);
        to.Write(Caps.Total);
        to.Write(Caps.Busy);
        to.Write(Caps.PerAddress);
        to.Write(Datagrams.Longest);
        to.Write(Datagrams.Queue);
        to.Write(Datagrams.Workers);
        to.Write(Parent);
        to.Write(ConfigurationLength);
        to.Write(LocalEndPoints.Count);
        foreach (var address in LocalEndPoints) WriteAddress(to, address);
    });

    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static WorkerTask Read(byte[] bytes) => WorkerPayload.Read(bytes, static from =>
        new WorkerTask
        {
            Duty = (WorkerDuty)from.ReadByte(),
            Server = from.ReadString(),
            Model = from.ReadString(),
            Slot = from.ReadInt32(),
            Rows = from.ReadInt32(),
            Caps = new ConnectionCaps(from.ReadInt32(), from.ReadInt32(), from.ReadInt32()),
            Datagrams = new DatagramLimits(from.ReadInt32(), from.ReadInt32(), from.ReadInt32()),
            Parent = from.ReadInt32(),
            ConfigurationLength = from.ReadInt32(),
            LocalEndPoints = [.. WorkerPayload.ReadMany(from, ReadAddress).OfType<EndPoint>()],
        });

    /// <summary>Family, length and struct sockaddr; family 0 and nothing more where there is no address.</summary>
    internal static void WriteAddress(BinaryWriter to, EndPoint? address)
    {
        to.Write((ushort)(address?.AddressFamily ?? 0));
        if (address is null) return;
        var native = address.Serialize();
        to.Write((ushort)native.Size);
        to.Write(native.Buffer.Span[..native.Size]);
    }

    internal static EndPoint? ReadAddress(BinaryReader from)
    {
        var family = (AddressFamily)from.ReadUInt16();
        return family == AddressFamily.Unspecified ? null : NativeAddress.Read(family, Exactly(from, from.ReadUInt16()));
    }

    private static byte[] Exactly(BinaryReader from, int count) => from.ReadBytes(count) is var bytes && bytes.Length == count
        ? bytes
        : throw WorkerPayload.Nonsense();
}

/// <summary>What a worker keeps of its server's <see cref="DatagramServerOptions"/>.</summary>
internal readonly record struct DatagramLimits(int Longest, int Queue, int Workers);
