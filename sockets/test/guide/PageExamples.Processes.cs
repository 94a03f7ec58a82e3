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
    private async Task MultiprocessingAsync()
    {
        {
            using var process = Process.Start("sleep", ["0"]);
        }

        {
            await process.WaitForExitAsync();
        }

        {
            if (process.HasExited) Console.WriteLine(process.ExitCode);
        }

        {
            process.Kill(entireProcessTree: true);
        }

        {
            process.Dispose();
        }

        {
            Console.WriteLine(process.Id);
        }

        {
            await process.WaitForExitAsync(cancellation.Token);
        }

        {
            await connection.ChallengeAsServerAsync(secret, Deadline.After(TimeSpan.FromSeconds(5)));
        }

        {
            await Parallel.ForEachAsync(numbers, async (number, stop) => await Task.Delay(number, stop));
        }

        {
            var square = await Task.Run(() => 12 * 12);
        }

        {
            int[] squares = [.. numbers.AsParallel().AsOrdered().Select(number => number * number)];
        }

        {
            await foreach (var done in Task.WhenEach(answer, answer)) Console.WriteLine(await done);
        }

        {
            using var frames = new FramedConnection(connection, new LengthFraming(4, maxMessage: 65_536));
        }

        {
            await frames.WriteAsync("a message"u8.ToArray());
        }

        {
            await frames.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(numbers));
        }

        {
            var message = await frames.ReadAsync();
        }

        {
            var index = await context.WaitAnyAsync(new[] { connection, other }, Deadline.After(TimeSpan.FromSeconds(1)));
        }

        {
            frames.Dispose();
        }

        {
            await connection.ChallengeAsClientAsync(secret, Deadline.After(TimeSpan.FromSeconds(5)));
        }

        {
            try { await connection.ChallengeAsClientAsync(secret, deadline); } catch (ChallengeException e) { Console.WriteLine(e.Error); }
        }

        {
            try { await frames.ReadAsync(); } catch (FramingException e) when (e.Error == FramingError.TooLong) { connection.Abort(); }
        }

        {
            using var shared = MemoryMappedFile.CreateNew(mapName: null, capacity: 4096);
        }

        {
            using var mutex = new Mutex(initiallyOwned: false, "argosy-example");
        }

        {
            await using var server = new StreamServer(options, EchoAsync);
        }

        {
            Console.WriteLine(server.ActiveConnections);
        }

        {
            Console.WriteLine(Process.GetCurrentProcess().Id);
        }
    }

    private async Task GreenletAndGeventAsync()
    {
        {
            async IAsyncEnumerable<int> CountAsync() { for (var i = 0; i < 3; i++) { await Task.Yield(); yield return i; } }
        }

        {
            await using var steps = CountAsync().GetAsyncEnumerator(); await steps.MoveNextAsync();
        }

        {
            answerSource.SetException(new IOException("no answer"));
        }

        {
            Console.WriteLine(answer.IsCompleted);
        }

        {
            var current = new AsyncLocal<string>();
        }

        {
            cancellation.Cancel();
        }

        {
            var running = EchoAsync(context).AsTask();
        }

        {
            var first = await Task.WhenAny(answer, answer);
        }

        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }

        {
            var quick = await answer.WaitAsync(TimeSpan.FromSeconds(1));
        }

        {
            options = options with { MaxConnections = 100 };
        }

        {
            var jobs = Channel.CreateBounded<string>(100);
        }

        {
            answerSource.TrySetResult("done");
        }

        {
            await semaphore.WaitAsync(TimeSpan.FromSeconds(1));
        }

        {
            var index = await context.WaitAnyAsync(new[] { connection, other }, deadline);
        }

        {
            options = options with { Model = ConcurrencyModels.Find("epoll")! };
        }

        {
            await using var server = new DatagramServer(datagramOptions, AnswerAsync);
        }
    }
}
