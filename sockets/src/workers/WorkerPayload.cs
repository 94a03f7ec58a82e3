using System.Text;

namespace Argosy.Sockets;

/// <summary>
/// The content of a message of a worker's channel. Whoever is at the other end may be broken: what is no such content is an
/// <see cref="InvalidDataException"/> and never anything else, and nothing is allocated because a number says so.
/// </summary>
internal static class WorkerPayload
{
    internal static byte[] Write(Action<BinaryWriter> write)
    {
        var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, Encoding.UTF8)) write(to);
        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">Too short, too long, or nonsense.</exception>
    internal static T Read<T>(byte[] bytes, Func<BinaryReader, T> read)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            var content = read(from);
            if (from.BaseStream.Position < bytes.Length) throw Nonsense();
            return content;
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw Nonsense(e);
        }
    }

    /// <summary>So many of something, each of which takes at least a byte.</summary>
    internal static List<T> ReadMany<T>(BinaryReader from, Func<BinaryReader, T> read)
    {
        var count = from.ReadInt32();
        if (count < 0 || count > from.BaseStream.Length) throw Nonsense();
        var all = new List<T>();
        for (var i = 0; i < count; i++) all.Add(read(from));
        return all;
    }

    internal static InvalidDataException Nonsense(Exception? inner = null) =>
        new("A message between a server and its worker process cannot be understood.", inner);
}
