using TorchCharLstm;

return CommandLine.Invoke(args, Console.Out, Console.Error, Session.Run);
