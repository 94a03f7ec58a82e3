using System.Runtime.Versioning;

// The server runs on Linux; its tests ask for file modes and signals that Windows lacks.
[assembly: UnsupportedOSPlatform("windows")]
