#pragma warning disable CS1998, CS0219, CS0168, CS8321, CS4014, IDE0005, IDE0051, IDE0052, IDE0059, IDE0060 // one-line examples: compiled, not run
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The examples of docs/socketserver.md, so that they compile. <c>SocketServerPageTests</c> compares.</summary>
internal sealed partial class PageExamples
{
    private async Task WorkersAsync()
    {
        {
            options = options with { Model = ConcurrencyModels.Find("process")!, SpareWorkers = 4 };
        }

        {
            server.OnError += (error, _) => { if (error is WorkerDiedException died) Console.WriteLine(died.ExitCode); };
        }

        {
            server.SendToWorkers("reload"u8);
        }

        {
            options = options with { Workers = Environment.ProcessorCount };
        }

        {
            options = options with { Worker = new WorkerCommand { Program = "/usr/bin/my-server", Arguments = ["worker"] } };
        }

        {
            options = options with { SpareWorkers = 8 };
        }

        {
            var service = new WorkerService(() => new EchoHandler()) { Logger = logger };
        }
    }
}
