using System.Net;
using System.Reflection;
using System.Text;
using Argosy.Sockets;

// The other process of the tests.
//   Argosy.Sockets.TestHost PATH             a worker: the runner of the tests must never be started again as one, so this program takes the
//                                            tests' assembly (PATH) as a library and serves with the handler that the test names
//   Argosy.Sockets.TestHost serve MODEL...   a small program that uses the models as a newcomer would: one server for each, workers started
//                                            by default; prints "ready PORT" for each, then every error's type, "stopped" at the end
if (args is ["serve", .. var models])
{
    var servers = models.Select(model => new StreamServer(
        new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! },
        context => ServeAsync(context, model))).ToList();
    foreach (var server in servers)
    {
        server.OnError += (error, _) => Console.WriteLine(error.GetType().Name);
        server.Start();
        Console.WriteLine($"ready {((IPEndPoint)server.LocalEndPoints[0]).Port}");
    }

    await Task.WhenAll(servers.Select(server => server.RunAsync(drain: TimeSpan.FromSeconds(20))));
    Console.WriteLine("stopped");
    return 0;
}

if (args is not [var tests] || !WorkerProcess.IsWorker)
{
    Console.Error.WriteLine("This program is started by the tests of Argosy.Sockets.");
    return 2;
}

return await WorkerProcess.RunAsync(job =>
{
    var prepare = Assembly.LoadFrom(tests).GetType("Argosy.Sockets.Tests.WorkerScene", throwOnError: true)!.GetMethod("Prepare")!;
    return ValueTask.FromResult(prepare.CreateDelegate<Func<WorkerJob, WorkerService>>()(job));
});

// Greets with its model and process, then echoes; "sleep" makes it block for ever.
static async ValueTask ServeAsync(HandlerContext context, string model)
{
    await context.Connection.WriteAsync(Encoding.UTF8.GetBytes($"{model} {Environment.ProcessId}\n"));
    var buffer = new byte[100];
    while (await context.Connection.ReadAsync(buffer) is > 0 and var count)
    {
        if (buffer.AsSpan(0, count).SequenceEqual("sleep"u8)) Thread.Sleep(Timeout.Infinite);
        await context.Connection.WriteAsync(buffer.AsMemory(0, count));
    }
}
