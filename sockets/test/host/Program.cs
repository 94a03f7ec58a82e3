using System.Reflection;
using Argosy.Sockets;

// The worker process of the tests. The runner of the tests must never be started again as a worker, so this small program takes the
// tests' assembly as a library and serves with the handler that the test names.
//   Argosy.Sockets.TestHost PATH      PATH: the tests' assembly
if (args is not [var tests] || !WorkerProcess.IsWorker)
{
    Console.Error.WriteLine("This program is started by the tests of Argosy.Sockets, as a worker process.");
    return 2;
}

return await WorkerProcess.RunAsync(job =>
{
    var prepare = Assembly.LoadFrom(tests).GetType("Argosy.Sockets.Tests.WorkerScene", throwOnError: true)!.GetMethod("Prepare")!;
    return ValueTask.FromResult(prepare.CreateDelegate<Func<WorkerJob, WorkerService>>()(job));
});
