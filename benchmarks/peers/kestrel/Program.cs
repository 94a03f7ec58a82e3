// ASP.NET Core's raw connections: a ConnectionHandler on Kestrel, no HTTP. Prints "ready 127.0.0.1:PORT"; ends when standard input does.
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<Echo>()));
var app = builder.Build();
await app.StartAsync();
var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
Console.WriteLine($"ready 127.0.0.1:{new Uri(addresses.Addresses.Single()).Port}");
await Console.OpenStandardInput().CopyToAsync(Stream.Null);
Environment.Exit(0);

internal sealed class Echo : ConnectionHandler
{
    private static readonly byte[] File = new byte[4 * 1024 * 1024];

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            if (buffer.IsEmpty) return;
            var kind = buffer.FirstSpan[0];
            if (kind == (byte)'f')
            {
                await output.WriteAsync(File); // it has no sendfile: from memory, which spares it the read
            }
            else
            {
                if (kind == (byte)'b') Burn();
                if (buffer.IsSingleSegment) await output.WriteAsync(buffer.First);
                else foreach (var segment in buffer) await output.WriteAsync(segment);
            }

            input.AdvanceTo(buffer.End);
        }
    }

    private static void Burn()
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 10)
        {
        }
    }
}
