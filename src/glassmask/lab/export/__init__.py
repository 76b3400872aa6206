"""Write trained networks as the package ships them: an ONNX file and its manifest."""
