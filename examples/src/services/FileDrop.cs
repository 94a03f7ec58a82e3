using System.Globalization;
using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>Takes files: a line "NAME SIZE", then the bytes. A file gets its name when it is complete; until then there is none.</summary>
internal sealed class FileDrop(string folder) : ConnectionHandler
{
    private const long Largest = 1L << 30;

    public static async Task Main(string[] args)
    {
        var folder = Directory.CreateDirectory(args.Option("--folder") ?? "dropped").FullName;
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("threads")! };
        await using var server = new StreamServer(options, () => new FileDrop(folder));
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        while (true)
        {
            using var lines = new FramedConnection(Connection, new LineFraming(512)); // disposed: what it read too far goes back
            if (await lines.ReadAsync() is not { } header) return;
            lines.Dispose();
            var words = Encoding.UTF8.GetString(header.Span).Split(' ');
            if (words is not [var name, var digits] || name != Path.GetFileName(name) || name.StartsWith('.')
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > Largest)
            {
                await Connection.WriteAsync("refused: NAME SIZE is needed, a plain name and at most 1 GiB\n"u8.ToArray());
                return; // whatever follows is no header
            }

            if (await ReceiveAsync(Path.Combine(folder, name), size)) await Connection.WriteAsync(Encoding.UTF8.GetBytes($"stored {name} {size}\n"));
        }
    }

    private async ValueTask<bool> ReceiveAsync(string path, long size)
    {
        var staged = Path.Combine(folder, $".{Guid.NewGuid():N}");
        try
        {
            using (var file = File.OpenHandle(staged, FileMode.CreateNew, FileAccess.ReadWrite))
                if (await Connection.ReceiveToFileAsync(file, 0, size) < size) return false;
            File.Move(staged, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(staged); // nothing is there any more, unless it was cut short
        }
    }
}
